import * as z from 'zod';
import { factKindNames } from '../../schema/kinds/index.ts';
import { measurementKinds } from '../../schema/kinds/measurements.ts';
import type { AuthKind } from './auth/auth.ts';
import { aCount, aFunction, anObject, aText, type OptionChecks, optionsOf } from './check-options.ts';
import type { StreamKind, StreamMode } from './connector.ts';
import type { FailureKind } from './connector-error.ts';
import type { ConnectorDefinition } from './define-connector.ts';
import type { RetryPolicy } from './http/backoff.ts';
import type { BreakerOptions } from './http/circuit-breaker.ts';
import type { ErrorAction, ErrorRule } from './http/error-table.ts';
import type { RateLimit } from './http/token-bucket.ts';
import type { MessageQueue } from './message-queue.ts';
import type { Paginator } from './paging/paginator.ts';
import type { Stream } from './stream.ts';

/** One of some words, all of which the compiler asks for. */
const oneOf = <Word extends string>(words: Readonly<Record<Word, 1>>) =>
  z.enum(Object.keys(words) as [Word, ...Word[]]);

const kindNames = [...factKindNames, ...Object.keys(measurementKinds)] as [StreamKind, ...StreamKind[]];
export const aKind = z.enum(kindNames);

const status = z.int().min(100).max(599);
const errorRule = optionsOf<ErrorRule>({
  when: optionsOf<ErrorRule['when']>({
    status: z
      .union([status, z.tuple([status, status]).refine(([from, to]) => from <= to)], 'is no status, nor from and to')
      .optional(),
    code: z.array(aText).min(1, 'has to name a code').optional(),
  }),
  action: oneOf<ErrorAction>({ retry: 1, reauthenticate: 1, 'rate-limited': 1, ignore: 1, fail: 1 }),
  kind: oneOf<FailureKind>({ configuration: 1, transient: 1, system: 1, contract: 1 }),
  userMessage: aText,
  logMessage: aText.optional(),
});

const rateLimit = optionsOf<RateLimit>({
  requestsPerSecond: z.number().positive('of 0 would wait for ever'),
  burst: z.number().min(1, 'below 1 would never let a request out'),
  requestsPerDay: z.int().min(1, 'of 0 requests a day would never let one out').optional(),
});

const retry = optionsOf<RetryPolicy>({
  maxAttempts: z.int().min(1, 'has to be at least one attempt'),
  firstDelayMs: z.number().nonnegative(),
  maxDelayMs: z.number().nonnegative(),
});

const breaker = optionsOf<BreakerOptions>({
  failureThreshold: z.int().min(1, 'has to be a threshold of at least 1'),
  openMs: z.number().positive('of nothing does nothing'),
});

/** What a definition is made of, each part by itself. */
export const definitionChecks: OptionChecks<ConnectorDefinition<z.ZodObject>> = {
  id: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'is not in kebab case'),
  title: aText,
  shape: oneOf({ public: 1, modelled: 1 }),
  config: z.instanceof(z.ZodObject),
  auth: aFunction.optional(),
  errors: z.array(errorRule).optional(),
  errorCodeOf: aFunction.optional(),
  rateLimit: rateLimit.optional(),
  retry: retry.optional(),
  breaker: breaker.optional(),
  lookups: aFunction.optional(),
  streams: aFunction,
  push: aFunction.optional(),
};

/** What a definition's `auth` gives. */
export const authChecks: OptionChecks<AuthKind> = {
  name: aText,
  credentials: z.array(aText),
  queryParameter: aText.optional(),
  authorize: aFunction,
  isSignedOut: aFunction.optional(),
  certificate: aFunction.optional(),
};

const queue = optionsOf<MessageQueue<never>>({
  idOf: aFunction,
  get: aFunction,
  format: anObject,
  idIn: aFunction,
  acknowledge: aFunction,
  concurrency: aCount.optional(),
  maxMessages: aCount.optional(),
});

const paginator = optionsOf<Paginator<never>>({
  name: aText,
  isRanged: z.boolean().optional(),
  begin: aFunction.optional(),
  start: aFunction,
  request: aFunction,
  isPartial: aFunction.optional(),
  isPastEnd: aFunction.optional(),
  pagesStandAlone: z.boolean().optional(),
  verify: aFunction.optional(),
  next: aFunction,
  progress: aFunction.optional(),
  remember: aFunction.optional(),
});

export const streamChecks: OptionChecks<Stream<never>> = {
  name: aText,
  kinds: z.array(aKind).min(1, 'has to name one: it emits no kind'),
  mode: oneOf<StreamMode>({ snapshot: 1, incremental: 1, document: 1 }),
  paginator,
  format: anObject,
  decode: aFunction,
  contractVersion: aText,
  lookups: z.array(aText).optional(),
  conditional: optionsOf<NonNullable<Stream['conditional']>>({
    refreshAfterMs: z.number().positive('refreshes at once: leave conditional out'),
    of: oneOf({ page: 1, list: 1 }).optional(),
  }).optional(),
  queue: queue.optional(),
  diff: optionsOf<NonNullable<Stream['diff']>>({
    refreshAfterMs: z.number().positive('refreshes at once: leave diff out'),
  }).optional(),
  isWhole: aFunction.optional(),
  noteNewFields: aFunction,
  convert: aFunction,
};
