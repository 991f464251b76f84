import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TOO_MANY_CONNECTIONS } from './graphql-routes.ts';
import { type GuardOptions, refusalOf } from './guard.ts';
import type { WebSocketClients } from './web-socket.ts';

export interface UpgradeOptions {
  readonly clients: WebSocketClients;
  readonly guard: GuardOptions;
  /** Whether one more connection is within the limit. */
  readonly canOpen: () => boolean;
  /** False from the beginning of a stop on. */
  readonly isOpen: () => boolean;
}

/** Lets a WebSocket upgrade in, or answers it with what is wrong in the form of GraphQL. */
export function upgradeHandler({ clients, guard, canOpen, isOpen }: UpgradeOptions) {
  return (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const socket = stream as Socket;
    // Until `ws` has it, nobody else hears the errors of this socket.
    const onError = (): void => {
      socket.destroy();
    };
    socket.on('error', onError);
    const path = (request.url ?? '').split('?')[0];
    const refusal = refusalOf(request, guard);
    if (path !== '/graphql') refuse(socket, 404, 'NOT_FOUND', 'WebSocket is served at /graphql.');
    else if (refusal) refuse(socket, 403, 'FORBIDDEN', refusal);
    else if (!isOpen()) refuse(socket, 503, 'UNAVAILABLE', 'The hub is stopping.');
    else if (!canOpen()) refuse(socket, 503, 'LIMIT_SUBSCRIPTIONS', TOO_MANY_CONNECTIONS);
    else {
      socket.off('error', onError);
      clients.accept(request, socket, head);
    }
  };
}

function refuse(socket: Socket, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
