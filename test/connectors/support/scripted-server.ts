import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly bytes?: Buffer;
  /** The connection breaks before there is any answer. */
  readonly breaks?: boolean;
}

export interface ScriptedServer {
  readonly baseUrl: string;
  readonly requests: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers'] }[];
  stop(): Promise<void>;
}

/** Answers each request by the script, which gets its number from 1 on. */
export async function startScripted(
  script: (nth: number, request: IncomingMessage) => ScriptedAnswer | Promise<ScriptedAnswer>,
): Promise<ScriptedServer> {
  const requests: ScriptedServer['requests'] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    const { status = 200, headers = {}, body, bytes, breaks } = await script(requests.length, request);
    if (breaks) {
      request.socket.destroy();
      return;
    }
    response.sendDate = false;
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(bytes ?? (body === undefined ? '' : JSON.stringify(body)));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
