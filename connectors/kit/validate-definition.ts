import type * as z from 'zod';
import { isMeasurementKind } from '../../schema/kinds/measurements.ts';
import { optionMistakes } from './check-options.ts';
import type { ConnectorDefinition } from './define-connector.ts';
import { authChecks, definitionChecks, streamChecks } from './definition-checks.ts';
import type { Lookup } from './lookup.ts';
import type { PushEndpoint } from './push/define-push.ts';
import type { Stream } from './stream.ts';

type Checks = readonly (readonly [isWrong: boolean, reason: string])[];

/** Throws with every reason why a definition makes no sense, so that a mistake shows when the module is loaded. */
export function validateDefinition<Shape extends z.ZodObject>(
  definition: ConnectorDefinition<Shape>,
  streams: readonly Stream<z.output<Shape>>[],
  lookups: Readonly<Record<string, Lookup<z.output<Shape>>>>,
  push?: PushEndpoint<z.output<Shape>>,
): void {
  const reasons = [
    ...optionMistakes(definitionChecks, definition as never),
    ...together(definition, streams.length),
    ...(push?.mistakes ?? []).map((mistake) => `its push ${mistake}`),
    ...duplicates(streams.map(({ name }) => name)).map((name) => `two streams are called ${name}`),
    ...streams.flatMap((stream) => streamReasons(stream, lookups)),
  ];
  if (reasons.length > 0) throw new TypeError(`Connector ${definition.id || '(no id)'}: ${reasons.join('; ')}`);
}

/** What makes no sense beside each other. */
function together<Shape extends z.ZodObject>(definition: ConnectorDefinition<Shape>, streamCount: number): string[] {
  const { rateLimit, retry, errors = [] } = definition;
  const asks = streamCount > 0;
  const signIn = signInOf(definition);
  const unused = (['auth', 'errors', 'errorCodeOf', 'rateLimit', 'retry', 'breaker', 'lookups'] as const).filter(
    (name) => !asks && definition[name] !== undefined,
  );
  const reasons = reasonsOf([
    [!asks && !definition.push, 'it has no stream, and nobody pushes to it'],
    ...unused.map((name) => [true, `it asks nobody, so ${name} means nothing`] as const),
    [asks && !definition.auth, 'it does not say how it signs in; noAuth() where nobody asks'],
    [Object.hasOwn(definition.config?.shape ?? {}, 'baseUrl'), 'baseUrl is configured by the kit'],
    [asks && rateLimit === undefined, 'it says no rate limit: no upstream may be asked without a budget'],
    [retry !== undefined && retry.firstDelayMs > retry.maxDelayMs, 'the first delay is longer than the longest'],
    [
      !definition.errorCodeOf && errors.some(({ when }) => when?.code !== undefined),
      'a rule of its errors waits for a code, which nothing reads: it has no errorCodeOf',
    ],
    [
      errors.some(({ action }) => action === 'reauthenticate') && signIn.name === 'none',
      'a rule of its errors renews a session, and noAuth() has none',
    ],
  ]);
  return [...reasons, ...signIn.mistakes.map((mistake) => `its sign-in: ${mistake}`)];
}

/** By a configuration that says nothing, by which a connector is asked for the credentials that it needs, too. */
function signInOf<Shape extends z.ZodObject>({ auth }: ConnectorDefinition<Shape>): SignIn {
  if (typeof auth !== 'function') return { mistakes: [] };
  try {
    const kind = auth({} as z.output<Shape>);
    return { name: kind.name, mistakes: optionMistakes(authChecks, kind) };
  } catch (error) {
    return { mistakes: [error instanceof Error ? error.message : String(error)] };
  }
}

interface SignIn {
  readonly name?: string;
  readonly mistakes: readonly string[];
}

function streamReasons<Config>(stream: Stream<Config>, lookups: Readonly<Record<string, unknown>>): string[] {
  const { paginator, mode, kinds, conditional, queue, diff } = stream;
  const isOfList = conditional?.of === 'list';
  const reasons = reasonsOf([
    [
      mode === 'document' && !paginator.remember,
      `reads documents with ${paginator.name}, which does not remember which came`,
    ],
    // One answer may be all that an upstream calls news; a list without a beginning is all that there ever was.
    [
      mode === 'incremental' && !paginator.remember && !paginator.pagesStandAlone && !queue && !conditional,
      `reads what is new with ${paginator.name}, which does not remember from where, nor is it asked conditionally`,
    ],
    [
      mode === 'snapshot' && kinds.some(isMeasurementKind),
      'reads measurements as a snapshot, but a measurement is never absent',
    ],
    [
      conditional !== undefined && !isOfList && !paginator.pagesStandAlone,
      `asks for each page conditionally with ${paginator.name}: what is not modified does not lead to the next; let conditional be of the list`,
    ],
    [
      isOfList && mode === 'document',
      'asks for documents conditionally as for one list, but each of them changes by itself',
    ],
    [
      conditional !== undefined && paginator.isPartial !== undefined,
      `asks conditionally with ${paginator.name}, which is told what has changed`,
    ],
    [diff !== undefined && mode !== 'snapshot', `is compared with the snapshot before, but is read as ${mode}`],
    [
      queue !== undefined && mode !== 'incremental',
      `takes messages from a queue, but is read as ${mode}: a queue never tells all that there is`,
    ],
    [
      queue !== undefined && (conditional !== undefined || stream.isWhole !== undefined),
      'takes messages from a queue, which is never asked conditionally nor whole',
    ],
    ...(stream.lookups ?? []).map(
      (name) => [!Object.hasOwn(lookups, name), `needs the lookup ${name}, which is not defined`] as const,
    ),
  ]);
  return [...optionMistakes(streamChecks, stream as never), ...reasons].map(
    (reason) => `stream ${stream.name}: ${reason}`,
  );
}

const reasonsOf = (checks: Checks): string[] => checks.filter(([isWrong]) => isWrong).map(([, reason]) => reason);

const duplicates = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
