import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { AuthKind } from './auth/auth.ts';
import { type CommonConfig, commonConfig } from './common-config.ts';
import type { Connector, ConnectorContext, ConnectorSpec } from './connector.ts';
import { ConnectorError, throwIfCancelled } from './connector-error.ts';
import { defaultRetryPolicy, type RetryPolicy } from './http/backoff.ts';
import type { BreakerOptions } from './http/circuit-breaker.ts';
import type { ErrorRule } from './http/error-table.ts';
import type { RateLimit } from './http/token-bucket.ts';
import { Upstream } from './http/upstream.ts';
import { createLookup, type Lookup, type LookupDefinition } from './lookup.ts';
import { readStream } from './read-stream.ts';
import { createStream, type MapContext, type Stream, type StreamFactory } from './stream.ts';
import { validateDefinition } from './validate-definition.ts';
import { walkPages } from './walk-pages.ts';

export interface ConnectorDefinition<Shape extends z.ZodObject> {
  /** In kebab case; what a source's `connector` names. */
  readonly id: string;
  readonly title: string;
  readonly shape: ConnectorSpec['shape'];
  /** What a source must or may be configured with beside {@link commonConfig}. */
  readonly config: Shape;
  readonly auth: (config: z.output<Shape>) => AuthKind;
  /** The upstream's own ways to say no; before those that count everywhere. */
  readonly errors?: readonly ErrorRule[];
  /** The error code in a body, undefined for success. Default: bodies carry none. */
  readonly errorCodeOf?: (body: Json) => string | undefined;
  readonly rateLimit: RateLimit;
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
}

/**
 * Declares a connector: how to sign in, what to ask, how pages follow, what is promised, what it means. Everything else
 * is the kit's. Throws at once, with the reason, for options that make no sense.
 */
export function defineConnector<Shape extends z.ZodObject>(definition: ConnectorDefinition<Shape>): Connector {
  type Config = z.output<Shape>;
  const streams = definition.streams(createStream);
  const lookups = definition.lookups?.(createLookup) ?? {};
  const config = commonConfig.extend(definition.config.shape);
  validateDefinition(definition, streams, lookups);

  const open = (context: ConnectorContext) => {
    const parsed = config.safeParse(context.source.config);
    if (!parsed.success) throw badConfig(context.source.id, parsed.error);
    const common = parsed.data as unknown as CommonConfig;
    const own = parsed.data as unknown as Config;
    const auth = definition.auth(own);
    requireCredentials(context, auth);
    const upstream = new Upstream(
      {
        key: `${definition.id} ${context.source.id} ${common.baseUrl}`,
        baseUrl: common.baseUrl,
        auth,
        errors: definition.errors ?? [],
        errorCodeOf: definition.errorCodeOf ?? (() => undefined),
        limits: { deadlineMs: common.requestDeadlineMs, maxResponseBytes: common.maxResponseBytes },
        retry: definition.retry ?? defaultRetryPolicy,
        rateLimit: definition.rateLimit,
        breaker: definition.breaker ?? { failureThreshold: 8, openMs: 30_000 },
        budget: { timeMs: common.timeBudgetMs, requests: common.requestBudget },
      },
      context,
    );
    return { config: own, upstream };
  };

  return Object.freeze<Connector>({
    id: definition.id,
    spec: () => ({
      id: definition.id,
      title: definition.title,
      shape: definition.shape,
      config: z.toJSONSchema(config, { io: 'input' }) as Json,
      credentials: definition.auth({} as Config).credentials,
      streams: streams.map(({ name, kinds, mode, contractVersion }) => ({ name, kinds, mode, contractVersion })),
    }),
    async check(context) {
      try {
        const { config, upstream } = open(context);
        const [stream] = streams as readonly [Stream<Config>];
        const domainNow = context.domainClock.now();
        const state = stream.paginator.start({ config, memory: undefined, domainNow });
        await walkPages({ upstream, config, state, paginator: stream.paginator, decode: stream.decode }).next();
        return { ok: true, message: `${definition.title} answers and takes the credentials.` };
      } catch (error) {
        throwIfCancelled(context.signal);
        if (!(error instanceof ConnectorError)) throw error;
        return { ok: false, message: error.userMessage, code: error.code };
      }
    },
    async *read(context) {
      const { config, upstream } = open(context);
      const known: Record<string, ReadonlyMap<string, string>> = {};
      let failure: ConnectorError | undefined;
      for (const stream of streams) {
        try {
          yield* readStream({
            stream,
            upstream,
            config,
            context,
            lookups: await readLookups(stream, lookups, known, upstream, config, context),
          });
        } catch (error) {
          throwIfCancelled(context.signal);
          // Streams stand by themselves: one that fails does not keep the others from being read. Bad credentials or
          // settings would only fail again.
          if (!(error instanceof ConnectorError) || error.code === 'UPSTREAM_CONFIGURATION') throw error;
          context.logger?.warn({ source: context.source.id, stream: stream.name, code: error.code }, error.message);
          failure ??= error;
        }
      }
      if (failure) throw failure;
    },
  });
}

async function readLookups<Config>(
  stream: Stream<Config>,
  lookups: Readonly<Record<string, Lookup<Config>>>,
  known: Record<string, ReadonlyMap<string, string>>,
  upstream: Upstream,
  config: Config,
  context: ConnectorContext,
): Promise<MapContext<Config>['lookups']> {
  for (const name of stream.lookups ?? []) {
    known[name] ??= await (lookups[name] as Lookup<Config>).read(upstream, config, context.domainClock.now());
  }
  return known;
}

function badConfig(source: string, error: z.ZodError): ConnectorError {
  const issues = error.issues.map((issue) => `${issue.path.join('.') || 'config'}: ${issue.message}`).join('; ');
  return ConnectorError.of('configuration', `The configuration of source ${source} is wrong: ${issues}.`);
}

function requireCredentials(context: ConnectorContext, auth: AuthKind): void {
  const missing = auth.credentials.filter((name) => !context.credentials[name]);
  if (missing.length === 0) return;
  const names = missing.join(', ');
  throw ConnectorError.of(
    'configuration',
    `Source ${context.source.id} lacks credentials: ${names}. Set the environment variables that it names.`,
  );
}
