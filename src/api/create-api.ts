import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { RequestHandler } from 'express';
import type { GraphQLSchema } from 'graphql';
import type { Database } from '../database/open-database.ts';
import { toPublicError } from '../errors/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { FeedField } from '../live/feed-field.ts';
import type { FormatError, PrepareOperation } from '../live/operation.ts';
import { openReading } from '../services/reading/open-reading.ts';
import { createRights, type Rights } from '../services/rights.ts';
import { createRunFollower } from '../services/runs/follow-runs.ts';
import { createSourceFollower } from '../services/sources/follow-sources.ts';
import type { NextRuns, RequestRun } from '../services/sources/order-run.ts';
import { healthOfAll } from '../services/sources/source-state.ts';
import { buildHubSchema } from './build-schema.ts';
import { withFeedCheck } from './check-feed-filter.ts';
import type { ApiContext, ApiParts, DomainClock } from './context.ts';
import { createFeedFields } from './feed-fields.ts';
import { createHttpHandler } from './http-handler.ts';
import type { ApiLimits } from './limits/limits.ts';
import { createPrepareOperation } from './prepare-operation.ts';
import { createPreparePlugin } from './prepare-plugin.ts';
import { printHubSchema } from './print-schema.ts';

export interface ApiOptions {
  /** Written to by corrections, listened to for runs, and read from unless `readDatabase` is given. */
  readonly database: Database;
  /**
   * Read from. Open it with `statementTimeoutMs` a little above `queryTimeoutMs`: the API stops waiting by itself, the
   * server stops working only by that.
   */
  readonly readDatabase?: Pick<Database, 'fork'>;
  /** The hub clock. */
  readonly clock: Clock;
  readonly domainClock: DomainClock;
  readonly limits: ApiLimits;
  readonly requestRun: RequestRun;
  /** Default: nothing is known of schedules. */
  readonly nextRuns?: NextRuns;
  readonly logger: Logger;
  /** Ids of corrections. Default: random UUIDs. */
  readonly newId?: () => string;
}

/** What the hub reads with in its own name. */
const everything = createRights({ role: 'viewer', provinces: null, sources: null, keyId: null });

/** GraphQL, for whatever transport. */
export interface Api {
  readonly schema: GraphQLSchema;
  /** The schema as text, for `/schema.graphql`. */
  readonly schemaText: string;
  /** GraphQL over HTTP, for express; see {@link createHttpHandler} for what it expects of the transport. */
  readonly handler: RequestHandler;
  /** A fresh context: one per execution. */
  readonly createContext: (rights: Rights, signal?: AbortSignal) => ApiContext;
  readonly prepareOperation: PrepareOperation;
  readonly formatError: FormatError;
  readonly feedFields: readonly FeedField[];
  stop(): Promise<void>;
}

/** Builds the API. Reads the reference data once, so the database must be migrated. */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { database, readDatabase = database, clock, domainClock, limits, logger } = options;
  const schema = buildHubSchema();
  const reading = await openReading({ database: readDatabase, clock, domainClock, timeLimitMs: limits.queryTimeoutMs });
  const runs = createRunFollower(database);
  const sources = createSourceFollower({ database, readHealth: () => healthOfAll(reading.begin(everything)) });
  const parts: ApiParts = {
    database,
    newId: options.newId ?? randomUUID,
    domainClock,
    requestRun: options.requestRun,
    nextRuns: options.nextRuns ?? (async () => new Map()),
    followRuns: runs.follow,
    followSources: sources.follow,
  };
  const createContext = (rights: Rights, signal?: AbortSignal): ApiContext => {
    const context = {
      ...reading.begin(rights, signal),
      parts,
      signal,
      renew: (): void => {
        Object.assign(context, reading.begin(rights, signal));
      },
    };
    return context;
  };
  const prepare = createPrepareOperation(schema, limits);
  const formatError: FormatError = (error) => {
    const { message, extensions } = toPublicError(error, { logger });
    return { message, extensions };
  };
  const apollo = new ApolloServer<ApiContext>({
    schema,
    documentStore: null,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    // Reading by GET is harmless, a POST must be JSON, and the transport looks at the origin.
    csrfPrevention: false,
    persistedQueries: false,
    formatError: (formatted, error) => ({ ...formatted, ...formatError(error) }),
    stopOnTerminationSignals: false,
    plugins: [
      createPreparePlugin(prepare),
      // Its hints would wrap every resolver of the schema, at a tenth of the time of an answer.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    logger: toApolloLogger(logger),
  });
  await apollo.start();
  const feedFields = createFeedFields({
    database: readDatabase,
    createReading: (rights, reader) => ({ ...reading.begin(rights), reader }),
    reference: reading.reference,
  });
  return {
    schema,
    schemaText: printHubSchema(schema),
    handler: createHttpHandler(apollo, createContext),
    createContext,
    prepareOperation: withFeedCheck(prepare, feedFields),
    formatError,
    feedFields,
    async stop() {
      await runs.stop();
      await sources.stop();
      await apollo.stop();
    },
  };
}

/** Apollo logs texts; ours wants details first. */
function toApolloLogger(logger: Logger) {
  return {
    debug: (message: unknown) => logger.debug({}, String(message)),
    info: (message: unknown) => logger.info({}, String(message)),
    warn: (message: unknown) => logger.warn({}, String(message)),
    error: (message: unknown) => logger.error({}, String(message)),
  };
}
