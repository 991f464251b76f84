import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findPackageRoot } from '../../seeds/package-root.ts';
import { createApi } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import { type Database, openDatabase } from '../database/open-database.ts';
import { ConfigurationError } from '../errors/index.ts';
import type { Jobs } from '../jobs/start-jobs.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { ChangeFeed } from '../live/change-feed.ts';
import { LiveEngine } from '../live/live-engine.ts';
import { PgChangeSource } from '../live/pg-change-source.ts';
import type { Metrics } from '../observability/index.ts';
import type { KeyService } from '../services/keys/key-service.ts';
import { rawLimitsOf } from '../sync/raw/raw-limits.ts';
import { createWorkerIdentity } from '../sync/worker-identity.ts';
import type { Authenticate } from '../transport/access.ts';
import { createHttpServer } from '../transport/http-server.ts';
import { watchRevokedKeys } from '../transport/revoked-keys.ts';
import { CleanUps } from './clean-ups.ts';
import { createIngest } from './open-ingest.ts';
import type { OpenSources } from './open-sources.ts';
import { PushGate } from './push-limits.ts';
import { readinessChecks } from './readiness.ts';
import { runMetrics } from './run-metrics.ts';

/** Connections that answer queries; apart from those that store, so that neither waits for the other. */
const READING_POOL_SIZE = 12;
/** The API gives up first, with an error that says so; this is for what PostgreSQL would go on with all the same. */
const STATEMENT_GRACE_MS = 1_000;

export interface GatewayParts {
  readonly config: Pick<Config, 'host' | 'port' | 'limits' | 'rawKeptDays' | 'rawSourceMebibytes'>;
  readonly database: Database;
  readonly keys: KeyService;
  readonly jobs: Jobs;
  readonly sources: OpenSources;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface Gateway {
  /** `http://host:port`. */
  readonly address: string;
  stop(budgetMs: number): Promise<void>;
}

/** The port that was asked for is somebody else's. */
class PortInUseError extends ConfigurationError {
  constructor(host: string, port: number, cause: unknown) {
    super(`Port ${port} on ${host} is in use. Stop who has it, or choose another with PORT (0 takes any).`, { cause });
  }
}

/** The part that answers clients: API, live feed, HTTP. Listens when it resolves. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, database, keys, jobs, sources, clock, logger, metrics } = parts;
  const cleanUps = new CleanUps();
  try {
    const { sandbox, domainClock } = sources;
    const readDatabase = await openDatabase({
      url: database.url,
      applicationName: 'lienthong reading',
      poolMax: READING_POOL_SIZE,
      statementTimeoutMs: config.limits.queryTimeoutMs + STATEMENT_GRACE_MS,
      logger,
    });
    cleanUps.add(() => readDatabase.close());
    const api = await createApi({
      database,
      readDatabase,
      clock,
      domainClock: {
        now: () => domainClock.now(),
        ...(sandbox ? { simulated: true, speed: () => (sandbox.isOver() ? 0 : sandbox.speed) } : {}),
      },
      limits: config.limits,
      requestRun: jobs.requestRun,
      nextRuns: jobs.nextRuns,
      logger,
    });
    cleanUps.add(() => api.stop());
    const source = new PgChangeSource(database, logger);
    const feed = new ChangeFeed({ source, clock, logger, metrics: metrics.live });
    await feed.start();
    cleanUps.add(() => feed.stop());
    const { feedFields: fields, createContext, formatError, prepareOperation } = api;
    const engine = new LiveEngine({ feed, source, fields, createContext, formatError, metrics: metrics.live });
    cleanUps.add(() => engine.stop());
    cleanUps.add(await keys.run());
    const authenticate: Authenticate = (token, remoteAddress) => keys.authenticate(token, remoteAddress);
    const ingest = createIngest({
      sources: sources.sources,
      database,
      clock,
      domainClock,
      logger,
      newId: randomUUID,
      worker: (await createWorkerIdentity()).name,
      raw: rawLimitsOf(config),
      authenticate,
      gate: new PushGate(),
      metrics: metrics.pushes,
      ...runMetrics(metrics),
    });
    const server = createHttpServer({
      ingest,
      engine,
      prepareOperation,
      createContext,
      formatError,
      logger,
      metrics,
      authenticate,
      graphqlHandler: api.handler,
      schemaText: api.schemaText,
      pageDirectory: pageDirectory(),
      checks: readinessChecks({ database, feed, countJobs: () => jobs.counts() }),
      about: () => ({ clock: { now: domainClock.now().toISOString(), simulated: sandbox !== undefined } }),
      limits: config.limits,
    });
    cleanUps.add(await watchRevokedKeys(database, server.keyedClients, logger));
    const port = await server.listen(config.port, config.host).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') throw new PortInUseError(config.host, config.port, error);
      throw error;
    });
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    return {
      address: `http://${host}:${port}`,
      stop: async (budgetMs) => {
        await server.stop(budgetMs);
        await cleanUps.run();
      },
    };
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

/** GraphiQL as it was built; undefined in a tree where it was not. */
function pageDirectory(): string | undefined {
  const directory = join(findPackageRoot(), 'dist', 'web');
  return existsSync(join(directory, 'index.html')) ? directory : undefined;
}
