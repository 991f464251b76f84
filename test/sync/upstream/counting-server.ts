import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallTime } from '../../../connectors/testkit/over-limit.ts';
import { startCallClock } from '../../support/call-times.ts';

export interface CountingServer {
  readonly baseUrl: string;
  /** When each request came in. */
  readonly arrivals: readonly CallTime[];
  readonly logins: () => number;
  /** Ends every session. */
  readonly endSessions: () => void;
  /** Fails from now on, or no more. */
  readonly fail: (isFailing: boolean) => void;
  stop(): Promise<void>;
}

/** An upstream with sessions that counts who signs in, and notes when it is asked. */
export async function startCounting(): Promise<CountingServer> {
  const arrivals: CallTime[] = [];
  const clock = startCallClock();
  let logins = 0;
  let valid = '';
  let isFailing = false;
  const server = createServer((request, response) => {
    arrivals.push(clock.now());
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    request.resume();
    request.on('end', () => {
      if (isFailing) answer(503, {});
      else if (request.url === '/login') {
        logins += 1;
        valid = `session ${logins}`;
        // Slow enough for every worker to find the session dead meanwhile.
        setTimeout(() => answer(200, { session: valid }), 50);
      } else answer(valid !== '' && request.headers['x-session'] === valid ? 200 : 401, []);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    logins: () => logins,
    endSessions: () => {
      valid = '';
    },
    fail: (failing) => {
      isFailing = failing;
    },
    async stop() {
      clock.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}
