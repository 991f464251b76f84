import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../lib/logger.ts';
import type { GoingAwayReason } from '../live/feed-event.ts';
import type { LiveMetrics } from '../live/live-metrics.ts';
import { createGraphqlSocketServer, type GraphqlSocketOptions } from './graphql-socket.ts';
import { SocketConnection } from './socket-connection.ts';

export interface WebSocketOptions extends GraphqlSocketOptions {
  readonly logger: Logger;
  readonly metrics: LiveMetrics;
  /** Bytes of one message from a client; a longer one closes the connection with 1009. */
  readonly maxMessageBytes: number;
  /** Bytes that may wait for a client before it counts as slow. */
  readonly maxPendingBytes: number;
  /** Milliseconds between pings; a client that has not answered by the next one is cut. */
  readonly pingIntervalMs: number;
  readonly onConnections: (count: number) => void;
}

/** The WebSocket clients of this gateway: graphql-transport-ws over `ws`. */
export class WebSocketClients {
  readonly #options: WebSocketOptions;
  readonly #protocol: ReturnType<typeof createGraphqlSocketServer>;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<SocketConnection>();
  readonly #pinging: NodeJS.Timeout;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#protocol = createGraphqlSocketServer(options);
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: options.maxMessageBytes,
      // Compression would cost each client 64 KB and each frame a compression of its own.
      perMessageDeflate: false,
      // A client that speaks another protocol is let in and told so in the close (4406).
      handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
    });
    this.#pinging = setInterval(() => this.#ping(), options.pingIntervalMs);
    this.#pinging.unref();
  }

  get count(): number {
    return this.#connections.size;
  }

  /** Takes over the socket of an upgrade request that has been let in. */
  accept(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#connect(webSocket, request, socket));
  }

  /** Tells every client where it is and closes; resolves when all closes are on their way. */
  async disconnectAll(reason: GoingAwayReason): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.disconnect(reason)));
  }

  /** Ends the connections of a key. */
  async disconnectKey(keyId: string): Promise<void> {
    const concerned = [...this.#connections].filter((connection) => connection.rights?.keyId === keyId);
    await Promise.all(concerned.map((connection) => connection.disconnect('KEY_REVOKED')));
  }

  /** The keys with which clients are connected. */
  keyIds(): string[] {
    return [...this.#connections].flatMap(({ rights }) => rights?.keyId ?? []);
  }

  /** Cuts what is still there. */
  terminate(): void {
    clearInterval(this.#pinging);
    for (const { webSocket } of this.#connections) webSocket.terminate();
    this.#server.close();
  }

  #connect(webSocket: WebSocket, request: IncomingMessage, socket: Socket): void {
    const { logger, metrics, maxPendingBytes, onConnections } = this.#options;
    const connection = new SocketConnection(webSocket, socket, {
      maxPendingBytes,
      onDisconnect: (reason) => reason === 'SLOW_CONSUMER' && metrics.countSlowConsumer(),
    });
    this.#connections.add(connection);
    onConnections(this.#connections.size);
    socket.setNoDelay(true);
    webSocket.on('pong', () => {
      connection.isAlive = true;
    });
    // A broken frame, a message that is too long: `ws` has closed the connection with the code for it.
    webSocket.on('error', (error) => logger.debug({ reason: error.message }, 'a WebSocket client was cut'));
    const closed = this.#protocol.opened(protocolSocket(connection, logger), { connection, request });
    webSocket.once('close', (code, reason) => {
      this.#connections.delete(connection);
      onConnections(this.#connections.size);
      closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'closing a client failed'));
    });
  }

  #ping(): void {
    for (const connection of this.#connections) {
      if (!connection.isAlive) connection.webSocket.terminate();
      else {
        connection.isAlive = false;
        connection.webSocket.ping();
      }
    }
  }
}

/** What graphql-ws needs of a socket. */
function protocolSocket(connection: SocketConnection, logger: Logger) {
  const { webSocket } = connection;
  return {
    protocol: webSocket.protocol,
    send: (message: string) => connection.send(message),
    close: (code: number, reason: string) => webSocket.close(code, reason),
    onMessage: (handle: (message: string) => Promise<void>) => {
      webSocket.on('message', (data) => {
        handle(String(data)).catch((error: unknown) => {
          logger.error({ err: error }, 'a WebSocket message could not be handled');
          webSocket.close(4500, 'Internal server error');
        });
      });
    },
  };
}
