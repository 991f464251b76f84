import type * as z from 'zod';
import { isMeasurementKind } from '../../schema/kinds/measurements.ts';
import type { ConnectorDefinition } from './define-connector.ts';
import type { Lookup } from './lookup.ts';
import type { Stream } from './stream.ts';

/** Throws with every reason why a definition makes no sense, so that a mistake shows when the module is loaded. */
export function validateDefinition<Shape extends z.ZodObject>(
  definition: ConnectorDefinition<Shape>,
  streams: readonly Stream<z.output<Shape>>[],
  lookups: Readonly<Record<string, Lookup<z.output<Shape>>>>,
): void {
  const reasons = [
    ...basics(definition, streams.length),
    ...duplicates(streams.map(({ name }) => name)).map((name) => `two streams are called ${name}`),
    ...streams.flatMap((stream) => streamReasons(stream, lookups)),
  ];
  if (reasons.length > 0) throw new TypeError(`Connector ${definition.id || '(no id)'}: ${reasons.join('; ')}`);
}

function basics<Shape extends z.ZodObject>(definition: ConnectorDefinition<Shape>, streamCount: number): string[] {
  const { rateLimit, retry, breaker } = definition;
  const checks: [isWrong: boolean, reason: string][] = [
    [!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(definition.id), 'its id is not in kebab case'],
    [streamCount === 0, 'it has no stream'],
    [Object.hasOwn(definition.config.shape, 'baseUrl'), 'baseUrl is configured by the kit'],
    [!(rateLimit.requestsPerSecond > 0), 'a rate limit of 0 requests a second would wait for ever'],
    [!(rateLimit.burst >= 1), 'a burst below 1 would never let a request out'],
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
    ...(stream.lookups ?? []).map((name): [boolean, string] => [
      !Object.hasOwn(lookups, name),
      `needs the lookup ${name}, which is not defined`,
    ]),
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, reason]) => `stream ${stream.name} ${reason}`);
}

const duplicates = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
