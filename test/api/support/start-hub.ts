import { type Api, createApi } from '../../../src/api/index.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { UnauthenticatedError } from '../../../src/errors/index.ts';
import { realClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { ChangeFeed } from '../../../src/live/change-feed.ts';
import { LiveEngine } from '../../../src/live/live-engine.ts';
import { PgChangeSource } from '../../../src/live/pg-change-source.ts';
import { createMetrics } from '../../../src/observability/index.ts';
import { anonymousRights, type Rights } from '../../../src/services/rights.ts';
import { createHttpServer } from '../../../src/transport/http-server.ts';
import { JUNE_CLOCK, LIMITS, rightsOf } from './use-api.ts';

/** Keys of the test, by role and scope. */
const KEYS: Readonly<Record<string, Rights>> = {
  lt_operator: rightsOf('operator'),
  lt_viewer: rightsOf('viewer'),
  lt_sonla: rightsOf('viewer', { provinces: ['14'] }),
};

export interface TestHub {
  readonly api: Api;
  readonly url: string;
  readonly wsUrl: string;
  stop(): Promise<void>;
}

/** The API behind the real transports, with the live feed, in this process. */
export async function startHub(database: Database): Promise<TestHub> {
  const metrics = createMetrics({ withProcess: false });
  const api = await createApi({
    database,
    clock: realClock,
    domainClock: JUNE_CLOCK,
    limits: LIMITS,
    requestRun: () => Promise.reject(new Error('no jobs in this test')),
    logger: silentLogger,
  });
  const source = new PgChangeSource(database, silentLogger);
  const feed = new ChangeFeed({ source, clock: realClock, logger: silentLogger, metrics: metrics.live });
  const ports = {
    createContext: api.createContext,
    formatError: api.formatError,
    prepareOperation: api.prepareOperation,
  };
  const engine = new LiveEngine({ feed, source, fields: api.feedFields, metrics: metrics.live, ...ports });
  await feed.start();
  const http = createHttpServer({
    ...ports,
    engine,
    logger: silentLogger,
    metrics,
    authenticate: async (token) => {
      if (token === undefined) return anonymousRights;
      const rights = KEYS[token];
      if (!rights) throw new UnauthenticatedError();
      return rights;
    },
    graphqlHandler: api.handler,
    schemaText: api.schemaText,
    checks: [],
    limits: {
      maxDocumentBytes: 100_000,
      maxPendingBytes: 1_048_576,
      maxConnections: 100,
      maxSubscriptionsPerConnection: 20,
    },
  });
  const port = await http.listen(0, '127.0.0.1');
  return {
    api,
    url: `http://127.0.0.1:${port}/graphql`,
    wsUrl: `ws://127.0.0.1:${port}/graphql`,
    async stop() {
      await http.stop(2_000);
      engine.stop();
      feed.stop();
      await api.stop();
    },
  };
}
