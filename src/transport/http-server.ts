import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Logger } from '../lib/logger.ts';
import { wait } from '../lib/wait.ts';
import type { Metrics } from '../observability/index.ts';
import type { Authenticate } from './access.ts';
import { EventStreamClients } from './event-stream.ts';
import { graphiqlAssets, graphiqlPage, PAGE_ASSETS_PATH } from './graphiql-page.ts';
import { eventStreamRoute, requireRights } from './graphql-routes.ts';
import { guard, sendError } from './guard.ts';
import { type IngestPort, ingestRoutes } from './ingest-routes.ts';
import { parseBody } from './request-body.ts';
import type { KeyedClients } from './revoked-keys.ts';
import type { OperationPorts } from './run-operation.ts';
import { healthRoutes, type ReadinessCheck, readingRoutes } from './status-routes.ts';
import { upgradeHandler } from './upgrade.ts';
import { WebSocketClients } from './web-socket.ts';

export interface HttpServerOptions extends OperationPorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly authenticate: Authenticate;
  /** GraphQL over HTTP at `/graphql`. The body is parsed, the rights are in `response.locals.rights`. */
  readonly graphqlHandler: RequestHandler;
  /** SDL served at `/schema.graphql`. */
  readonly schemaText: string;
  /** The directory with GraphiQL's `index.html`; its assets are served under `/graphiql`. None: no page. */
  readonly pageDirectory?: string | undefined;
  /** What takes deliveries at `/ingest`. None: there is no such path. */
  readonly ingest?: IngestPort | undefined;
  readonly checks: readonly ReadinessCheck[];
  readonly about?: () => object;
  readonly limits: TransportLimits;
  /** Origins besides our own whose pages may call. Default none. */
  readonly allowedOrigins?: readonly string[];
}

export interface TransportLimits {
  /** Bytes of a GraphQL document; a request may have twice that, for its variables. */
  readonly maxDocumentBytes: number;
  readonly maxPendingBytes: number;
  readonly maxConnections: number;
  readonly maxSubscriptionsPerConnection: number;
  /** Milliseconds for `connection_init`. Default 5000. */
  readonly initTimeoutMs?: number;
  /** Milliseconds between pings and keep-alive comments. Default 15000. */
  readonly keepAliveMs?: number;
}

/** A running hub's front: HTTP, WebSocket and event streams on one port. */
export interface HttpServer {
  readonly server: Server;
  /** What {@link watchRevokedKeys} ends. */
  readonly keyedClients: readonly KeyedClients[];
  /** Resolves with the port when it listens; rejects with the system's error, e.g. for a port in use. */
  listen(port: number, host: string): Promise<number>;
  /**
   * Takes nothing new, tells every subscriber its cursor, closes all connections, and cuts after `budgetMs` what is
   * still there. Never rejects.
   */
  stop(budgetMs: number): Promise<void>;
}

/** Milliseconds for a client to send its headers, and its whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the usual 60 s of load balancers, so that it is they who close. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Connections that wait to be taken: a storm of thousands comes faster than they are, and the system's own bound counts. */
const BACKLOG = 4_096;
/** For connections that were cut to be gone. */
const LAST_WAIT_MS = 1_000;
const IDLE_CHECK_MS = 20;
const MAX_HEADER_BYTES = 16 * 1024;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { limits, metrics } = options;
  const keepAliveMs = limits.keepAliveMs ?? 15_000;
  const sockets = new WebSocketClients({
    ...options,
    ...limits,
    metrics: metrics.live,
    maxMessageBytes: limits.maxDocumentBytes * 2,
    initTimeoutMs: limits.initTimeoutMs ?? 5_000,
    pingIntervalMs: keepAliveMs,
    onConnections: (count) => metrics.http.setConnections('websocket', count),
  });
  const streams = new EventStreamClients({
    ...options,
    ...limits,
    metrics: metrics.live,
    keepAliveMs,
    onConnections: (count) => metrics.http.setConnections('sse', count),
  });
  let isStopping = false;
  let guarding = { allowedOrigins: options.allowedOrigins ?? [], isLoopbackOnly: true };
  const canOpen = (): boolean => sockets.count + streams.count < limits.maxConnections;
  const isOpen = (): boolean => !isStopping;
  const application = createApplication(options, { streams, canOpen, isOpen, guarding: () => guarding });
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    application,
  );
  server.on('upgrade', (request, socket, head) =>
    upgradeHandler({ clients: sockets, guard: guarding, canOpen, isOpen })(request, socket, head),
  );

  return {
    server,
    keyedClients: [sockets, streams],
    listen: async (port, host) => {
      guarding = { ...guarding, isLoopbackOnly: host === 'localhost' || host === '::1' || host.startsWith('127.') };
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen({ port, host, backlog: BACKLOG }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    },
    stop: async (budgetMs) => {
      isStopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const drained = Promise.all([sockets.disconnectAll('SHUTDOWN'), streams.disconnectAll('SHUTDOWN')]);
      // A connection whose last answer ends now is idle from now on.
      const closing = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      await within(budgetMs, Promise.all([closed, drained]));
      clearInterval(closing);
      sockets.terminate();
      streams.terminate();
      server.closeAllConnections();
      await within(LAST_WAIT_MS, closed);
    },
  };
}

/** Waits for it, but not longer. */
async function within(limitMs: number, what: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  await Promise.race([what, wait(limitMs, late.signal).catch(() => undefined)]);
  late.abort();
}

interface Parts {
  readonly streams: EventStreamClients;
  readonly canOpen: () => boolean;
  readonly isOpen: () => boolean;
  readonly guarding: () => Parameters<typeof guard>[0];
}

function createApplication(options: HttpServerOptions, parts: Parts): express.Express {
  const { pageDirectory, limits, logger } = options;
  const application = express();
  application.disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  application.use(measure(options.metrics));
  const status = { ...options, isOpen: parts.isOpen };
  // Health is asked for by address, by watchers that are no browsers.
  application.use(healthRoutes(status));
  application.use((request, response, next) => guard(parts.guarding())(request, response, next));
  if (pageDirectory) {
    application.get('/graphql', graphiqlPage(pageDirectory));
    application.use(PAGE_ASSETS_PATH, graphiqlAssets(pageDirectory));
    application.get('/', (_request, response) => response.redirect(302, '/graphql'));
  }
  if (options.ingest) application.use(ingestRoutes({ port: options.ingest, formatError: options.formatError }));
  application.use(
    ['/graphql', '/metrics', '/schema.graphql'],
    requireRights(options.authenticate, options.formatError),
  );
  application.use(readingRoutes(status));
  application.use('/graphql', parseBody(limits.maxDocumentBytes * 2));
  application.use(eventStreamRoute(parts.streams, parts.canOpen));
  application.all('/graphql', options.graphqlHandler);
  application.use((request, response) => sendError(response, 404, 'NOT_FOUND', `There is nothing at ${request.path}.`));
  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    if (error instanceof URIError) {
      return sendError(
        response,
        400,
        'BAD_USER_INPUT',
        'The address is wrong: a "%" in it needs two hex digits that give UTF-8.',
      );
    }
    logger.error({ err: error, path: request.path }, 'a request failed');
    if (response.headersSent) response.destroy();
    else sendError(response, 500, 'INTERNAL_SERVER_ERROR', options.formatError(error).message);
  };
  application.use(onError);
  return application;
}

/** Counts requests by route; paths that are none of ours are one route, so that nobody can invent labels. */
function measure(metrics: Metrics): RequestHandler {
  const routes = new Set([
    '/graphql',
    '/graphql/stream',
    '/schema.graphql',
    '/healthz',
    '/readyz',
    '/metrics',
    '/ingest',
  ]);
  return (request, response, next) => {
    const begin = performance.now();
    const path = request.path.startsWith('/ingest/') ? '/ingest' : request.path;
    const route = routes.has(path) ? path : 'other';
    response.once('close', () => {
      metrics.http.answered(route, response.statusCode, (performance.now() - begin) / 1000);
    });
    next();
  };
}
