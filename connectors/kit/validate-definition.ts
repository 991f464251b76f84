import type * as z from 'zod';
import { isMeasurementKind } from '../../schema/kinds/measurements.ts';
import type { ConnectorDefinition } from './define-connector.ts';
import type { Lookup } from './lookup.ts';
import type { PushEndpoint } from './push/define-push.ts';
import type { Stream } from './stream.ts';

/** Throws with every reason why a definition makes no sense, so that a mistake shows when the module is loaded. */
export function validateDefinition<Shape extends z.ZodObject>(
  definition: ConnectorDefinition<Shape>,
  streams: readonly Stream<z.output<Shape>>[],
  lookups: Readonly<Record<string, Lookup<z.output<Shape>>>>,
  push?: PushEndpoint<z.output<Shape>>,
): void {
  const reasons = [
    ...unknownKeys(definition, DEFINITION_KEYS).map((key) => `the kit knows no option ${key}`),
    ...basics(definition, streams.length),
    ...(push?.mistakes ?? []).map((mistake) => `its push ${mistake}`),
    ...duplicates(streams.map(({ name }) => name)).map((name) => `two streams are called ${name}`),
    ...streams.flatMap((stream) => streamReasons(stream, lookups)),
  ];
  if (reasons.length > 0) throw new TypeError(`Connector ${definition.id || '(no id)'}: ${reasons.join('; ')}`);
}

function basics<Shape extends z.ZodObject>(definition: ConnectorDefinition<Shape>, streamCount: number): string[] {
  const { rateLimit, retry, breaker } = definition;
  const asks = streamCount > 0;
  const checks: [isWrong: boolean, reason: string][] = [
    [!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(definition.id), 'its id is not in kebab case'],
    [!asks && !definition.push, 'it has no stream, and nobody pushes to it'],
    [asks && !definition.auth, 'it does not say how it signs in; noAuth() where nobody asks'],
    [!asks && definition.rateLimit !== undefined, 'it asks nobody, so a rate limit means nothing'],
    [Object.hasOwn(definition.config.shape, 'baseUrl'), 'baseUrl is configured by the kit'],
    [asks && rateLimit === undefined, 'it says no rate limit: no upstream may be asked without a budget'],
    [
      rateLimit !== undefined && !(rateLimit.requestsPerSecond > 0),
      'a rate limit of 0 requests a second would wait for ever',
    ],
    [rateLimit !== undefined && !(rateLimit.burst >= 1), 'a burst below 1 would never let a request out'],
    [
      rateLimit?.requestsPerDay !== undefined && !(rateLimit.requestsPerDay >= 1),
      'a rate limit of 0 requests a day would never let one out',
    ],
    [retry !== undefined && !(retry.maxAttempts >= 1), 'at least one attempt is needed'],
    [retry !== undefined && retry.firstDelayMs > retry.maxDelayMs, 'the first delay is longer than the longest'],
    [breaker !== undefined && !(breaker.failureThreshold >= 1), 'a breaker needs a threshold of at least 1'],
    [breaker !== undefined && !(breaker.openMs > 0), 'a breaker that opens for no time does nothing'],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, reason]) => reason);
}

function streamReasons<Config>(stream: Stream<Config>, lookups: Readonly<Record<string, unknown>>): string[] {
  const checks: [isWrong: boolean, reason: string][] = [
    [stream.kinds.length === 0, 'emits no kind'],
    [stream.contractVersion === '', 'has no contract version'],
    [
      stream.mode === 'document' && stream.paginator.remember === undefined,
      `reads documents with ${stream.paginator.name}, which does not remember which came`,
    ],
    [
      stream.mode === 'snapshot' && stream.kinds.some(isMeasurementKind),
      'reads measurements as a snapshot, but a measurement is never absent',
    ],
    [
      stream.conditional !== undefined && !(stream.conditional.refreshAfterMs > 0),
      'asks conditionally but refreshes at once: leave conditional out',
    ],
    [
      stream.diff !== undefined && !(stream.diff.refreshAfterMs > 0),
      'is compared with the snapshot before but refreshes at once: leave diff out',
    ],
    [
      stream.diff !== undefined && stream.mode !== 'snapshot',
      `is compared with the snapshot before, but is read as ${stream.mode}`,
    ],
    [
      stream.queue !== undefined && stream.mode !== 'incremental',
      `takes messages from a queue, but is read as ${stream.mode}: a queue never tells all that there is`,
    ],
    [
      stream.queue !== undefined && (stream.conditional !== undefined || stream.isWhole !== undefined),
      'takes messages from a queue, which is never asked conditionally nor whole',
    ],
    [
      stream.queue !== undefined && !(atLeastOne(stream.queue.concurrency) && atLeastOne(stream.queue.maxMessages)),
      'takes no message from its queue: concurrency and maxMessages are at least 1',
    ],
    ...(stream.lookups ?? []).map((name): [boolean, string] => [
      !Object.hasOwn(lookups, name),
      `needs the lookup ${name}, which is not defined`,
    ]),
  ];
  return [
    ...unknownKeys(stream, STREAM_KEYS).map(
      (key) => `stream ${stream.name} has an option ${key}, which the kit does not know`,
    ),
    ...checks.filter(([isWrong]) => isWrong).map(([, reason]) => `stream ${stream.name} ${reason}`),
  ];
}

const atLeastOne = (count = 1): boolean => count >= 1;

/** Types are gone by the time a connector loads; a misspelt option would be as if it were not there. */
const DEFINITION_KEYS = keysOf<ConnectorDefinition<z.ZodObject>>({
  id: 1,
  title: 1,
  shape: 1,
  config: 1,
  auth: 1,
  errors: 1,
  errorCodeOf: 1,
  rateLimit: 1,
  retry: 1,
  breaker: 1,
  lookups: 1,
  streams: 1,
  push: 1,
});
const STREAM_KEYS = keysOf<Stream>({
  name: 1,
  kinds: 1,
  mode: 1,
  paginator: 1,
  format: 1,
  decode: 1,
  contractVersion: 1,
  lookups: 1,
  conditional: 1,
  diff: 1,
  queue: 1,
  isWhole: 1,
  noteNewFields: 1,
  convert: 1,
});

/** All members of a type, checked by the compiler to be all. */
function keysOf<T>(keys: Readonly<Record<keyof T, 1>>): ReadonlySet<string> {
  return new Set(Object.keys(keys));
}

const unknownKeys = (options: object, known: ReadonlySet<string>): string[] =>
  Object.keys(options).filter((key) => !known.has(key));

const duplicates = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
