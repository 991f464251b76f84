import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly cookie: string | undefined;
  readonly body: string;
}

export interface PageAnswer {
  readonly status: number;
  readonly html?: string;
  readonly json?: unknown;
  readonly location?: string;
  /** Set-Cookie headers. */
  readonly cookies?: readonly string[];
}

export interface PageServer {
  readonly origin: string;
  readonly requests: PageRequest[];
  stop(): Promise<void>;
}

/** A site for people: pages, forms and cookies, beside JSON. */
export async function startPages(answer: (request: PageRequest) => PageAnswer): Promise<PageServer> {
  const requests: PageRequest[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, cookie: headers.cookie, body };
      requests.push(request);
      const { status, html, json, location, cookies = [] } = answer(request);
      response.sendDate = false;
      if (cookies.length > 0) response.setHeader('Set-Cookie', cookies);
      if (location !== undefined) response.setHeader('Location', location);
      response.setHeader('Content-Type', html === undefined ? 'application/json' : 'text/html; charset=utf-8');
      response.writeHead(status).end(html ?? (json === undefined ? '' : JSON.stringify(json)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
