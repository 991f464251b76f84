import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { overLimit } from '../../../connectors/testkit/over-limit.ts';
import { useDatabase } from '../../support/database.ts';
import { type CountingServer, startCounting } from './counting-server.ts';

const db = useDatabase();
const WORKER = join(import.meta.dirname, 'worker.process.ts');
const FAST = { requestsPerSecond: 500, burst: 500 };

describe('several workers of one upstream', () => {
  let server: CountingServer;
  let workers: ChildProcess[];
  beforeEach(async () => {
    workers = [];
    server = await startCounting();
    await db.em().execute('truncate upstream_turn, upstream_day, upstream_breaker, upstream_session');
  });
  afterEach(async () => {
    const gone = workers.filter(({ exitCode }) => exitCode === null).map((worker) => once(worker, 'exit'));
    for (const worker of workers) if (worker.connected) worker.disconnect();
    await Promise.all(gone);
    await server.stop();
  });

  const start = async (count: number, options: { rate: object; reads: number }): Promise<void> => {
    const argument = JSON.stringify({ url: db.url(), baseUrl: server.baseUrl, ...options });
    workers = Array.from({ length: count }, () =>
      fork(WORKER, [argument], { execArgv: ['--experimental-transform-types', '--no-warnings'] }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
  };
  /** All at once; gives how each read went. */
  const readAtOnce = async (): Promise<string[]> => {
    const answers = workers.map((worker) => once(worker, 'message'));
    for (const worker of workers) worker.send('read');
    return (await Promise.all(answers)).flatMap(([{ outcomes }]) => outcomes as string[]);
  };

  test('sign in once, and once more when the session is killed', async () => {
    await start(4, { rate: FAST, reads: 3 });
    expect(new Set(await readAtOnce())).toEqual(new Set(['ok']));
    expect(server.logins()).toBe(1);
    server.endSessions();
    expect(new Set(await readAtOnce())).toEqual(new Set(['ok']));
    expect(server.logins()).toBe(2);
  });

  test('never ask it more often than one alone may', async () => {
    const rate = { requestsPerSecond: 20, burst: 5 };
    await start(4, { rate, reads: 15 });
    expect(new Set(await readAtOnce())).toEqual(new Set(['ok']));
    expect(server.arrivals.length).toBeGreaterThanOrEqual(61);
    expect(overLimit(server.arrivals, rate)).toEqual([]);
  });

  test('stop asking one that fails after as many failures as one alone would, and try it again by one probe', async () => {
    server.fail(true);
    await start(3, { rate: FAST, reads: 6 });
    expect(new Set(await readAtOnce())).toEqual(new Set(['UPSTREAM_TRANSIENT']));
    const asked = server.arrivals.length;
    // Eight open it for all; of the others each may have one request under way.
    expect(asked).toBeGreaterThanOrEqual(8);
    expect(asked).toBeLessThanOrEqual(11);
    server.fail(false);
    await db.em().execute(`update upstream_breaker set opened_at = now() - interval '1 hour'`);
    await readAtOnce();
    const [row] = await db.em().execute('select failures, opened_at from upstream_breaker');
    expect(row).toEqual({ failures: 0, opened_at: null });
  });
});
