import { describe, expect, test } from '@jest/globals';
import { CircuitBreaker } from '../../../connectors/kit/http/circuit-breaker.ts';
import { RunBudget } from '../../../connectors/kit/http/run-budget.ts';
import { TokenBucket } from '../../../connectors/kit/http/token-bucket.ts';
import { createVirtualTime } from '../../../connectors/testkit/virtual-time.ts';

const never = new AbortController().signal;

describe('the circuit breaker', () => {
  const create = () => {
    let nowMs = 0;
    const breaker = new CircuitBreaker({ failureThreshold: 2, openMs: 1000 }, () => nowMs);
    return { breaker, pass: (ms: number) => (nowMs += ms) };
  };

  test('opens after failures in a row, and not after others', () => {
    const { breaker } = create();
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    expect(breaker.state).toBe('closed');
    breaker.failed();
    expect(breaker.state).toBe('open');
    expect(() => breaker.admit()).toThrow(/circuit breaker is open/);
  });

  test('lets one probe through, whose failure opens it anew and whose success closes it', () => {
    const { breaker, pass } = create();
    breaker.failed();
    breaker.failed();
    pass(1000);
    breaker.admit();
    expect(() => breaker.admit()).toThrow(/half-open/);
    breaker.failed();
    expect(breaker.state).toBe('open');
    pass(1000);
    breaker.admit();
    breaker.succeeded();
    expect(breaker.state).toBe('closed');
  });

  test('a probe that was cancelled frees its place', () => {
    const { breaker, pass } = create();
    breaker.failed();
    breaker.failed();
    pass(1000);
    breaker.admit();
    breaker.abandoned();
    expect(() => breaker.admit()).not.toThrow();
  });
});

describe('the token bucket', () => {
  test('lets a burst out at once and the rest at its rate', async () => {
    const time = createVirtualTime();
    const bucket = new TokenBucket({ requestsPerSecond: 10, burst: 3 }, time.monotonicMs, time.sleep);
    for (let nth = 0; nth < 6; nth += 1) await bucket.take(never);
    expect(time.waits).toEqual([100, 100, 100]);
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
    const budget = new RunBudget({ timeMs: 1000, requests: 2 }, () => nowMs);
    budget.spendRequest();
    budget.spendRequest();
    expect(() => budget.spendRequest()).toThrow(/2 requests/);
    nowMs = 600;
    expect(() => budget.assertTimeFor(400)).not.toThrow();
    expect(() => budget.assertTimeFor(401)).toThrow(/time budget/);
  });
});
