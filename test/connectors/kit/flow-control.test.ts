import { describe, expect, test } from '@jest/globals';
import { CircuitBreaker } from '../../../connectors/kit/http/circuit-breaker.ts';
import { RunBudget } from '../../../connectors/kit/http/run-budget.ts';
import { TokenBucket } from '../../../connectors/kit/http/token-bucket.ts';
import { UnfinishedError } from '../../../connectors/kit/unfinished-error.ts';
import { createVirtualTime } from '../../../connectors/testkit/virtual-time.ts';
import { createSteppedTime } from '../support/stepped-time.ts';

const never = new AbortController().signal;

describe('the circuit breaker', () => {
  const create = () => {
    let nowMs = 0;
    const breaker = new CircuitBreaker({ failureThreshold: 2, openMs: 1000 }, () => nowMs);
    return { breaker, pass: (ms: number) => (nowMs += ms) };
  };

  const fail = async (breaker: CircuitBreaker) => (await breaker.admit()).failed();

  test('opens after failures in a row, and not after others', async () => {
    const { breaker } = create();
    await fail(breaker);
    await (await breaker.admit()).succeeded();
    await fail(breaker);
    expect(breaker.state).toBe('closed');
    await fail(breaker);
    expect(breaker.state).toBe('open');
    await expect(breaker.admit()).rejects.toThrow(/circuit breaker is open/);
  });

  test('lets one probe through, whose failure opens it anew and whose success closes it', async () => {
    const { breaker, pass } = create();
    await fail(breaker);
    await fail(breaker);
    pass(1000);
    const probe = await breaker.admit();
    await expect(breaker.admit()).rejects.toThrow(/half-open/);
    await probe.failed();
    expect(breaker.state).toBe('open');
    pass(1000);
    await (await breaker.admit()).succeeded();
    expect(breaker.state).toBe('closed');
  });

  test.each(['failed', 'abandoned'] as const)(
    'a request from before it opened that ends as %s leaves the probe its place',
    async (end) => {
      const { breaker, pass } = create();
      const straggler = await breaker.admit();
      await fail(breaker);
      await fail(breaker);
      pass(1000);
      await breaker.admit();
      await straggler[end]();
      pass(1000);
      await expect(breaker.admit()).rejects.toThrow(/circuit breaker is/);
    },
  );

  test('a probe that was cancelled frees its place', async () => {
    const { breaker, pass } = create();
    await fail(breaker);
    await fail(breaker);
    pass(1000);
    await (await breaker.admit()).abandoned();
    await expect(breaker.admit()).resolves.toBeDefined();
  });
});

describe('the token bucket', () => {
  test('lets a burst out at once and the rest at its rate', async () => {
    const time = createVirtualTime();
    const bucket = new TokenBucket({ requestsPerSecond: 10, burst: 3 }, time.monotonicMs, time.sleep);
    for (let nth = 0; nth < 6; nth += 1) await bucket.take(never);
    expect(time.waits).toEqual([100, 100, 100]);
  });

  test('lets nobody overtake, and gives the turn of one that was cancelled to the next', async () => {
    const time = createSteppedTime();
    const bucket = new TokenBucket({ requestsPerSecond: 1, burst: 1 }, time.monotonicMs, time.sleep);
    const wentOut: string[] = [];
    const leaving = new AbortController();
    const ask = (name: string, signal = never) =>
      bucket.take(signal).then(
        () => wentOut.push(`${name} at ${time.monotonicMs()}`),
        () => wentOut.push(`${name} left`),
      );
    const all = [ask('a'), ask('b'), ask('c', leaving.signal), ask('d')];
    await time.pass(0);
    leaving.abort();
    for (let second = 0; second < 3; second += 1) await time.pass(1000);
    await Promise.all(all);
    expect(wentOut).toEqual(['a at 0', 'c left', 'b at 1000', 'd at 2000']);
  });

  test('refuses at once where no turn comes in time, and beyond the requests of a day', async () => {
    const time = createVirtualTime();
    const limit = { requestsPerSecond: 1, burst: 1, requestsPerDay: 2 };
    const bucket = new TokenBucket(limit, time.monotonicMs, time.sleep);
    await bucket.take(never, 0);
    await expect(bucket.take(never, 999)).rejects.toThrow(UnfinishedError);
    await bucket.take(never, 1000);
    await expect(bucket.take(never)).rejects.toThrow(/no request left for today/);
    await time.sleep(86_400_000, never);
    await bucket.take(never);
  });

  test('a cancelled wait gives its turn back', async () => {
    const time = createVirtualTime();
    const bucket = new TokenBucket({ requestsPerSecond: 1, burst: 1 }, time.monotonicMs, time.sleep);
    await bucket.take(never);
    await expect(bucket.take(AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(bucket.waitMs()).toBe(1000);
  });
});

describe('the run budget', () => {
  test('refuses waits beyond its time and requests beyond its number', () => {
    let nowMs = 0;
    const budget = new RunBudget({ timeMs: 1000, requests: 2, goesOn: true }, () => nowMs);
    budget.spendRequest();
    budget.spendRequest();
    expect(() => budget.spendRequest()).toThrow(/2 requests/);
    nowMs = 600;
    expect(() => budget.assertTimeFor(400)).not.toThrow();
    expect(() => budget.assertTimeFor(401)).toThrow(/time budget/);
  });
});
