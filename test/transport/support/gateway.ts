import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import { execute, type GraphQLError } from 'graphql';
import { UnauthenticatedError } from '../../../src/errors/index.ts';
import { realClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { ChangeFeed } from '../../../src/live/change-feed.ts';
import type { ChangeSource } from '../../../src/live/change-source.ts';
import type { SnapshotRows } from '../../../src/live/feed-field.ts';
import { LiveEngine } from '../../../src/live/live-engine.ts';
import type { PreparedOperation } from '../../../src/live/operation.ts';
import { createMetrics } from '../../../src/observability/index.ts';
import { anonymousRights, createRights, type Rights } from '../../../src/services/rights.ts';
import type { Authenticate } from '../../../src/transport/access.ts';
import { rightsOf } from '../../../src/transport/graphql-routes.ts';
import { createHttpServer, type HttpServerOptions, type TransportLimits } from '../../../src/transport/http-server.ts';
import {
  createTestContext,
  createTestFields,
  createTestPrepare,
  createTestSchema,
  formatTestError,
} from '../../live/support/test-schema.ts';

export interface GatewayOptions {
  readonly source: ChangeSource;
  readonly port?: number;
  readonly limits?: Partial<TransportLimits>;
  readonly snapshot?: () => Promise<SnapshotRows>;
  readonly server?: Partial<HttpServerOptions>;
  readonly ringSize?: number;
  readonly pollMs?: number;
}

export interface TestGateway {
  readonly port: number;
  readonly url: string;
  readonly wsUrl: string;
  readonly live: { readonly feed: ChangeFeed; readonly engine: LiveEngine };
  readonly http: ReturnType<typeof createHttpServer>;
  /** Stops as the hub does. */
  stop(): Promise<void>;
  /** Cuts every connection without a word, as a network that fails. */
  cut(): void;
  /** Cuts every connection and takes no new one, as a process that is killed. */
  kill(): Promise<void>;
}

export const HANOI_KEY = 'lt_hanoi_secret';

const limits: TransportLimits = {
  maxDocumentBytes: 10_000,
  maxPendingBytes: 1_048_576,
  maxConnections: 5_000,
  maxSubscriptionsPerConnection: 10,
};

/** No key reads everything, one key reads Ha Noi, any other is wrong. */
export const authenticateForTest: Authenticate = async (token): Promise<Rights> => {
  if (token === undefined) return anonymousRights;
  if (token === HANOI_KEY) return createRights({ role: 'viewer', provinces: ['01'], sources: null, keyId: 'hanoi' });
  throw new UnauthenticatedError();
};

/** A gateway in this process: the real feed, engine and transports, with the test schema. */
export async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  const { source } = options;
  const metrics = createMetrics({ withProcess: false });
  const schema = createTestSchema();
  const prepareOperation = createTestPrepare(schema);
  const feed = new ChangeFeed({
    source,
    clock: realClock,
    logger: silentLogger,
    metrics: metrics.live,
    ringSize: options.ringSize ?? 10_000,
    pollMs: options.pollMs ?? 1_000,
  });
  const ports = { createContext: createTestContext, formatError: formatTestError };
  const fields = createTestFields(options.snapshot);
  const engine = new LiveEngine({ feed, source, fields, metrics: metrics.live, ...ports });
  await feed.start();
  const http = createHttpServer({
    ...ports,
    engine,
    prepareOperation,
    logger: silentLogger,
    metrics,
    authenticate: authenticateForTest,
    graphqlHandler: plainHandler(prepareOperation as never),
    schemaText: 'type Query { hello: String! }',
    checks: [],
    ...options.server,
    limits: { ...limits, ...options.limits },
  });
  const sockets = new Set<Socket>();
  http.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await http.listen(options.port ?? 0, '127.0.0.1');
  const end = async (budgetMs: number): Promise<void> => {
    await http.stop(budgetMs);
    engine.stop();
    feed.stop();
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    url: `http://127.0.0.1:${port}/graphql`,
    wsUrl: `ws://127.0.0.1:${port}/graphql`,
    live: { feed, engine },
    http,
    stop: () => end(5_000),
    cut,
    kill: async () => {
      engine.stop();
      feed.stop();
      http.server.close();
      cut();
      await end(0);
    },
  };
}

/** GraphQL over HTTP in its simplest form; the real one has tests of its own. */
function plainHandler(
  prepare: (request: never, rights: Rights) => PreparedOperation | readonly GraphQLError[],
): RequestHandler {
  return async (request, response) => {
    const prepared = prepare(request.body as never, rightsOf(response));
    if (!('schema' in prepared)) return void response.status(400).json({ errors: prepared });
    response.json(await execute({ ...prepared, contextValue: {} }));
  };
}
