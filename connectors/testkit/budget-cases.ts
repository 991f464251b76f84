import assert from 'node:assert/strict';
import { overLimit } from './over-limit.ts';
import { readAll } from './read-all.ts';
import { onBench, read, type SuiteSubject } from './suite-bench.ts';

/** A run keeps to its time and its requests, and says so where they do not suffice. */
export async function budgetCase(subject: SuiteSubject): Promise<void> {
  subject.control.addFault({ upstream: subject.upstream, fault: '429-retry-after', nth: 1, times: 1000 });
  const waited = await onBench(subject, { config: { timeBudgetMs: 1500 } }, async ({ context, time }) => {
    const { error } = await readAll(subject.connector, context);
    return { code: error?.code, waitedMs: time.waits.reduce((sum, ms) => sum + ms, 0) };
  });
  assert.equal(waited.code, 'UPSTREAM_TRANSIENT');
  assert.ok(waited.waitedMs <= 1500, `waited ${waited.waitedMs} ms of 1500`);
  const before = subject.control.calls(subject.upstream);
  const { error } = await read(subject, { config: { requestBudget: 1 } });
  const after = subject.control.calls(subject.upstream);
  assert.ok(error === undefined || error.code === 'UPSTREAM_SYSTEM');
  assert.equal(after.data + after.signIn - before.data - before.signIn, 1);
}

/**
 * Whatever fails in them, runs on each other's heels do not ask the upstream faster than its limit. One at a time, since
 * the time of the bench goes on while a request is under way.
 */
export async function rateLimitCase(subject: SuiteSubject): Promise<void> {
  const limit = subject.connector.spec().rateLimit;
  assert.ok(limit, 'a connector that asks has a limit');
  subject.control.addFault({ upstream: subject.upstream, fault: '503', probability: 0.3, times: 1000, seed: 5 });
  await onBench(subject, {}, async ({ context, time }) => {
    const callsAtMs: number[] = [];
    const end = subject.control.onCall((upstream) => {
      if (upstream === subject.upstream) callsAtMs.push(time.monotonicMs());
    });
    for (let run = 0; run < 4; run += 1) await readAll(subject.connector, context);
    end();
    assert.deepEqual(overLimit(callsAtMs, limit), []);
  });
}
