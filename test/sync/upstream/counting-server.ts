import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface CountingServer {
  readonly baseUrl: string;
  /** By the clock of the server, when each request had come in. */
  readonly arrivalsMs: number[];
  /** The longest that the process of the server stood still, milliseconds. */
  readonly stalledMs: () => number;
  readonly logins: () => number;
  /** Ends every session. */
  readonly endSessions: () => void;
  /** Fails from now on, or no more. */
  readonly fail: (isFailing: boolean) => void;
  stop(): Promise<void>;
}

/** An upstream with sessions that counts who signs in, and notes when it is asked. */
export async function startCounting(): Promise<CountingServer> {
  const arrivalsMs: number[] = [];
  const stalls = monitorEventLoopDelay({ resolution: 5 });
  stalls.enable();
  let logins = 0;
  let valid = '';
  let isFailing = false;
  const server = createServer((request, response) => {
    arrivalsMs.push(performance.now());
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
    arrivalsMs,
    stalledMs: () => stalls.max / 1e6,
    logins: () => logins,
    endSessions: () => {
      valid = '';
    },
    fail: (failing) => {
      isFailing = failing;
    },
    async stop() {
      stalls.disable();
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * By how much a token bucket of the limit would have been overdrawn at worst; 0: never. `stalledMs`: for how long this very
 * process stood still at most, so that what had come in one after the other seemed to come at once.
 */
export function overdraft(
  arrivalsMs: readonly number[],
  limit: { requestsPerSecond: number; burst: number },
  stalledMs = 0,
): number {
  let tokens = limit.burst;
  let beforeMs = arrivalsMs[0] ?? 0;
  let lowest = tokens;
  for (const atMs of arrivalsMs) {
    tokens = Math.min(limit.burst, tokens + ((atMs - beforeMs) / 1000) * limit.requestsPerSecond) - 1;
    beforeMs = atMs;
    lowest = Math.min(lowest, tokens);
  }
  return Math.max(0, -lowest - (stalledMs / 1000) * limit.requestsPerSecond);
}
