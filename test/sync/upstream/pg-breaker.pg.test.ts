import { beforeEach, describe, expect, test } from '@jest/globals';
import { createAskDatabase } from '../../../src/sync/upstream/ask-database.ts';
import { PgBreaker } from '../../../src/sync/upstream/pg-breaker.ts';
import { useDatabase } from '../../support/database.ts';

const db = useDatabase();
const never = new AbortController().signal;
const OPTIONS = { failureThreshold: 3, openMs: 3_600_000 };

beforeEach(() => db.em().execute('truncate upstream_breaker'));

/** A breaker as another process would have it, with a clock that the test moves on. */
function worker() {
  let nowMs = 0;
  const breaker = new PgBreaker('u', OPTIONS, { ask: createAskDatabase(db.database()), monotonicMs: () => nowMs });
  return { admit: () => breaker.admit(never), pass: (ms: number) => (nowMs += ms) };
}
/** As if that long had passed since it opened. */
const age = (ms: number) =>
  db.em().execute(`update upstream_breaker set opened_at = opened_at - ${ms} * interval '1 ms',
    probe_until = probe_until - ${ms} * interval '1 ms'`);

describe('a breaker that all workers share', () => {
  test('opens for all after failures of any of them in a row', async () => {
    const [one, two] = [worker(), worker()];
    await (await one.admit()).failed();
    await (await two.admit()).failed();
    await (await one.admit()).failed();
    await expect(one.admit()).rejects.toThrow(/breaker is open/);
    await expect(worker().admit()).rejects.toThrow(/breaker is open/);
    two.pass(501);
    await expect(two.admit()).rejects.toThrow(/breaker is open/);
  });

  test('counts from nothing again after a success of one who knew of the failures', async () => {
    const [one, two] = [worker(), worker()];
    await (await one.admit()).failed();
    await (await one.admit()).failed();
    await (await two.admit()).succeeded();
    await (await one.admit()).failed();
    await expect(worker().admit()).resolves.toBeDefined();
  });

  test('lets one probe of all through; its failure opens it anew, its success closes it', async () => {
    const one = worker();
    for (let nth = 0; nth < 3; nth += 1) await (await one.admit()).failed();
    await age(OPTIONS.openMs);
    const tried = await Promise.allSettled([one, worker(), worker(), worker()].map(({ admit }) => admit()));
    const probes = tried.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    expect(probes).toHaveLength(1);
    await probes[0]?.failed();
    await expect(worker().admit()).rejects.toThrow(/breaker is open/);
    await age(OPTIONS.openMs);
    await (await worker().admit()).succeeded();
    await expect(worker().admit()).resolves.toBeDefined();
    await expect(worker().admit()).resolves.toBeDefined();
  });

  test('gives the probe to another where one was cancelled or died', async () => {
    const one = worker();
    for (let nth = 0; nth < 3; nth += 1) await (await one.admit()).failed();
    await age(OPTIONS.openMs);
    await (await worker().admit()).abandoned();
    await expect(worker().admit()).resolves.toBeDefined();
    await expect(worker().admit()).rejects.toThrow(/half-open/);
    await age(OPTIONS.openMs);
    await expect(worker().admit()).resolves.toBeDefined();
  });
});
