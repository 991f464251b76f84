import { beforeEach, describe, expect, test } from '@jest/globals';
import { CoordinationError } from '../../../connectors/kit/coordination.ts';
import type { RateLimit } from '../../../connectors/kit/http/token-bucket.ts';
import { realSleep, type Sleep } from '../../../connectors/kit/sleep.ts';
import { UnfinishedError } from '../../../connectors/kit/unfinished-error.ts';
import { overLimit } from '../../../connectors/testkit/over-limit.ts';
import { waitUntil } from '../../../src/lib/wait.ts';
import { createAskDatabase } from '../../../src/sync/upstream/ask-database.ts';
import { PgRateLimiter } from '../../../src/sync/upstream/pg-rate-limiter.ts';
import { useDatabase } from '../../support/database.ts';

const db = useDatabase();
const never = new AbortController().signal;
const MINUTE_MS = 60_000;

beforeEach(() => db.em().execute('truncate upstream_turn, upstream_day'));

/** A limiter as another process would have it. */
const limiter = (limit: RateLimit, over: { sleep?: Sleep; monotonicMs?: () => number } = {}) =>
  new PgRateLimiter('u', limit, {
    ask: createAskDatabase(db.database()),
    monotonicMs: () => performance.now(),
    sleep: realSleep,
    ...over,
  });

describe('a rate limit that all share', () => {
  test('is kept by many who ask as fast as they can, and used up by them', async () => {
    const limit = { requestsPerSecond: 200, burst: 60 };
    const wentOut: number[] = [];
    const endMs = performance.now() + 1_500;
    const worker = async (): Promise<void> => {
      const own = limiter(limit);
      while (performance.now() < endMs) {
        await own.take(never, MINUTE_MS);
        wentOut.push(performance.now());
      }
    };
    await Promise.all(Array.from({ length: 5 }, worker));
    expect(overLimit(wentOut, limit)).toEqual([]);
    expect(wentOut.length).toBeGreaterThan(150);
  });

  test('refuses at once where no turn comes in time, and takes none', async () => {
    const own = limiter({ requestsPerSecond: 0.01, burst: 1 });
    await own.take(never, 0);
    const before = await db.em().execute('select arrival from upstream_turn');
    await expect(limiter({ requestsPerSecond: 0.01, burst: 1 }).take(never, 30_000)).rejects.toThrow(UnfinishedError);
    expect(await db.em().execute('select arrival from upstream_turn')).toEqual(before);
  });

  test('gets a turn back from who is cancelled while waiting for it', async () => {
    const limit = { requestsPerSecond: 0.01, burst: 1 };
    await limiter(limit).take(never, 0);
    const arrival = async () => {
      const [row] = await db.em().execute<[{ arrival: number }]>('select arrival from upstream_turn');
      return row.arrival;
    };
    const before = await arrival();
    const leaving = new AbortController();
    const sleep: Sleep = (ms, signal) => {
      const sleeping = realSleep(ms, signal);
      leaving.abort();
      return sleeping;
    };
    await expect(limiter(limit, { sleep }).take(leaving.signal, 1_000_000)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    // Given back without keeping who left waiting.
    expect(await waitUntil(async () => Math.abs((await arrival()) - before) < 1, { limitMs: 10_000 })).toBe(true);
  });

  test('ends a day when its requests are used up, whoever used them', async () => {
    const limit = { requestsPerSecond: 100, burst: 30, requestsPerDay: 3 };
    for (let nth = 0; nth < 3; nth += 1) await limiter(limit).take(never, MINUTE_MS);
    await expect(limiter(limit).take(never, MINUTE_MS)).rejects.toThrow(/no request left for today/);
    await db.em().execute(`update upstream_day set day = day - 1`);
    await limiter(limit).take(never, MINUTE_MS);
    expect(await db.em().execute('select taken from upstream_day')).toEqual([{ taken: 1 }]);
  });

  test('throws away a turn that came too late to be used, and lets nothing out while it cannot be kept', async () => {
    let nowMs = 0;
    // Every statement takes a second of this worker's time.
    const monotonicMs = () => (nowMs += 1_000);
    const slow = limiter({ requestsPerSecond: 1000, burst: 500 }, { monotonicMs, sleep: async () => {} });
    await expect(slow.take(never, Number.MAX_SAFE_INTEGER)).rejects.toThrow(CoordinationError);
  });

  test('lets nothing out while the database is away', async () => {
    const away = {
      fork: () => ({
        getKysely: () => {
          throw new Error('connect ECONNREFUSED');
        },
      }),
    } as never;
    const own = new PgRateLimiter(
      'u',
      { requestsPerSecond: 10, burst: 10 },
      {
        ask: createAskDatabase(away),
        monotonicMs: () => performance.now(),
        sleep: realSleep,
      },
    );
    const taken = own.take(never, MINUTE_MS);
    await expect(taken).rejects.toThrow(CoordinationError);
    await expect(taken).rejects.toMatchObject({
      retryable: true,
      userMessage: expect.stringMatching(/hub's own database did not answer/),
    });
  });
});
