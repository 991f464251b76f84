import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { AuthKind } from './auth/auth.ts';
import { noAuth } from './auth/no-auth.ts';
import { checkUpstream } from './check-upstream.ts';
import { type CommonConfig, commonConfigOf, LONG_BUDGET_MS } from './common-config.ts';
import type { ConfigProblem, Connector, ConnectorContext, ConnectorSpec, RejectedRecord } from './connector.ts';
import { ConnectorError, throwIfCancelled } from './connector-error.ts';
import { convertRecord } from './convert-page.ts';
import { defaultRetryPolicy, type RetryPolicy } from './http/backoff.ts';
import type { BreakerOptions } from './http/circuit-breaker.ts';
import type { ErrorRule } from './http/error-table.ts';
import type { BudgetLimits } from './http/run-budget.ts';
import type { RateLimit } from './http/token-bucket.ts';
import { Upstream } from './http/upstream.ts';
import { createLookup, type Lookup, type LookupDefinition, lookupReader } from './lookup.ts';
import { createPush, type PushEndpoint, type PushFactory } from './push/define-push.ts';
import { PUSH_LABEL } from './push/push.ts';
import { type OpenSource, readStreams } from './read-streams.ts';
import { replayStream } from './replay-stream.ts';
import { createStream, type Stream, type StreamFactory } from './stream.ts';
import { upstreamAddress } from './upstream-address.ts';
import { validateDefinition } from './validate-definition.ts';

export interface ConnectorDefinition<Shape extends z.ZodObject> {
  /** In kebab case; what a source's `connector` names. */
  readonly id: string;
  readonly title: string;
  readonly shape: ConnectorSpec['shape'];
  /** What a source must or may be configured with beside {@link commonConfigOf}. */
  readonly config: Shape;
  /** Needed where there are streams. */
  readonly auth?: (config: z.output<Shape>) => AuthKind;
  /** The upstream's own ways to say no; before those that count everywhere. */
  readonly errors?: readonly ErrorRule[];
  /** The error code in a body, undefined for success. Default: bodies carry none. */
  readonly errorCodeOf?: (body: Json) => string | undefined;
  /** Needed where there are streams: nobody is asked without a budget. */
  readonly rateLimit?: RateLimit;
  /** Default {@link defaultRetryPolicy}. */
  readonly retry?: RetryPolicy;
  /** Default: opens after 8 failures in a row for 30 s. */
  readonly breaker?: BreakerOptions;
  readonly lookups?: (
    lookup: <Record extends z.ZodType>(
      definition: LookupDefinition<z.output<Shape>, Record>,
    ) => Lookup<z.output<Shape>>,
  ) => Readonly<Record<string, Lookup<z.output<Shape>>>>;
  readonly streams: (stream: StreamFactory<z.output<Shape>>) => readonly Stream<z.output<Shape>>[];
  /** What the source sends by itself, to `POST /ingest/<source>`. */
  readonly push?: (push: PushFactory<z.output<Shape>>) => PushEndpoint<z.output<Shape>>;
}

/**
 * Declares a connector: how to sign in, what to ask, how pages follow, what is promised, what it means. Everything else
 * is the kit's. Throws at once, with the reason, for options that make no sense.
 */
export function defineConnector<Shape extends z.ZodObject>(definition: ConnectorDefinition<Shape>): Connector {
  type Config = z.output<Shape>;
  const streams = definition.streams(createStream);
  const lookups = definition.lookups?.(createLookup) ?? {};
  const push = definition.push?.(createPush);
  // Who only pushes has no address.
  const own = definition.config;
  const config = (streams.length > 0 ? commonConfigOf(streams.length).extend(own.shape) : own).strict();
  validateDefinition(definition, streams, lookups, push);
  const signIn = definition.auth ?? (() => noAuth());
  const credentialsOf = (own: Config) => [
    ...new Set([...signIn(own).credentials, ...(push?.verification.credentials ?? [])]),
  ];

  const readConfig = ({ source }: Pick<ConnectorContext, 'source'>): Config => {
    const parsed = config.safeParse(source.config);
    if (!parsed.success) throw badConfig(source.id, parsed.error);
    return parsed.data as unknown as Config;
  };
  const open = (context: ConnectorContext, isAgain = false): OpenSource<Config> => {
    const own = readConfig(context);
    const common = own as unknown as CommonConfig;
    requireCredentials(context, credentialsOf(own));
    const auth = signIn(own);
    const upstream = new Upstream(
      {
        account: `${definition.id} ${context.source.id} ${common.baseUrl}`,
        address: `${definition.id} ${upstreamAddress(common.baseUrl)}`,
        baseUrl: common.baseUrl,
        auth,
        errors: definition.errors ?? [],
        errorCodeOf: definition.errorCodeOf ?? (() => undefined),
        limits: { deadlineMs: common.requestDeadlineMs, maxResponseBytes: common.maxResponseBytes },
        retry: definition.retry ?? defaultRetryPolicy,
        rateLimit: definition.rateLimit as RateLimit,
        breaker: definition.breaker ?? { failureThreshold: 8, openMs: 30_000 },
        budget: budgetOf(common, context),
      },
      context,
    );
    const readLookups = lookupReader(lookups, { upstream, config: own, context, isAgain });
    return { config: own, upstream, readLookups, concurrency: common.concurrency ?? 1 };
  };

  const endpoint = push?.create(readConfig);
  return Object.freeze<Connector>({
    id: definition.id,
    spec: () => ({
      id: definition.id,
      title: definition.title,
      shape: definition.shape,
      config: z.toJSONSchema(config, { io: 'input' }) as Json,
      credentials: credentialsOf({} as Config),
      streams: streams.map(({ name, kinds, mode, contractVersion }) => ({ name, kinds, mode, contractVersion })),
      ...(definition.rateLimit && { rateLimit: definition.rateLimit }),
      ...(endpoint && { push: endpoint.spec }),
    }),
    ...(endpoint && { push: endpoint }),
    checkConfig: (given) => configProblems(config.safeParse(given).error),
    async check(context) {
      try {
        if (streams.length === 0) {
          requireCredentials(context, credentialsOf(readConfig(context)));
          return { ok: true, message: `${definition.title} pushes by itself; its settings are complete.` };
        }
        return await checkUpstream(definition.title, streams, open(context), context.domainClock.now());
      } catch (error) {
        throwIfCancelled(context.signal);
        if (!(error instanceof ConnectorError)) throw error;
        return { ok: false, message: error.userMessage, code: error.code };
      }
    },
    async *read(context) {
      // Who only pushes has nothing to be asked.
      if (streams.length === 0) return;
      yield* readStreams(streams, context, open);
    },
    async *replay(context, name, raws) {
      if (push && name === PUSH_LABEL) {
        yield* push.replay(readConfig(context), context, raws);
        return;
      }
      const { config, readLookups } = open(context, true);
      const stream = streamCalled(name, streams);
      yield* replayStream({ stream, config, context, lookups: await readLookups(stream) }, raws);
    },
    convertRejected(context) {
      let source: OpenSource<Config> | undefined;
      return async (name, records) => {
        if (push && name === PUSH_LABEL) return push.convertRejected(readConfig(context), context, records);
        const stream = streams.find((one) => one.name === name);
        if (!stream) return records.map((record) => ({ rejection: withoutStream(name, record) }));
        source ??= open(context, true);
        const { config, readLookups } = source;
        const domainNow = context.domainClock.now();
        const conversion = { stream, config, context, lookups: await readLookups(stream), domainNow };
        return records.map((record) => convertRecord(conversion, record));
      };
    },
  });
}

/** Reading back what may be years takes as many requests as it takes, within its time, unless the source says otherwise. */
function budgetOf({ timeBudgetMs, requestBudget }: CommonConfig, { range, source }: ConnectorContext): BudgetLimits {
  if (!range) return { timeMs: timeBudgetMs, requests: requestBudget, goesOn: true };
  const { requestBudget: given } = source.config as { readonly requestBudget?: number };
  return {
    timeMs: Math.max(timeBudgetMs, LONG_BUDGET_MS),
    requests: given ?? Number.POSITIVE_INFINITY,
    goesOn: false,
  };
}

function streamCalled<Config>(name: string, streams: readonly Stream<Config>[]): Stream<Config> {
  const stream = streams.find((one) => one.name === name);
  if (stream) return stream;
  const names = streams.map((one) => one.name).join(', ');
  throw ConnectorError.of('configuration', `The connector has no stream ${name}; it has: ${names}.`);
}

/** The stream is called otherwise by now, or is there no more: its records hold up no others. */
function withoutStream(stream: string, record: Json): RejectedRecord {
  return { stream, reason: `the connector has no stream ${stream}`, record, contractVersion: 'none' };
}

/** Unknown options are told one by one, each at its own place. */
function configProblems(error: z.ZodError | undefined): ConfigProblem[] {
  return (error?.issues ?? []).flatMap((issue): ConfigProblem[] => {
    const path = issue.path as (string | number)[];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: `${issue.message}.` }];
    return issue.keys.map((key) => ({ path: [...path, key], message: `There is no option "${key}".` }));
  });
}

function badConfig(source: string, error: z.ZodError): ConnectorError {
  const issues = error.issues.map((issue) => `${issue.path.join('.') || 'config'}: ${issue.message}`).join('; ');
  return ConnectorError.of('configuration', `The configuration of source ${source} is wrong: ${issues}.`);
}

function requireCredentials(context: ConnectorContext, credentials: readonly string[]): void {
  const missing = credentials.filter((name) => !context.credentials[name]);
  if (missing.length === 0) return;
  const names = missing.join(', ');
  throw ConnectorError.of(
    'configuration',
    `Source ${context.source.id} lacks credentials: ${names}. Set the environment variables that it names.`,
  );
}
