import assert from 'node:assert/strict';
import { read, readTruth, type SuiteSubject } from './suite-bench.ts';

/** A run that is cancelled at any of its calls, in a hang, or between two attempts says so and nothing else. */
export async function cancelCase(subject: SuiteSubject): Promise<void> {
  const truth = await readTruth(subject);
  const calls = truth.pages.reduce((sum, page) => sum + page.requests, 0);
  for (let at = 1; at <= calls; at += 1)
    await cancelWhen(subject, `at call ${at}`, (abort) => onCall(subject, at, abort));
  await cancelWhen(subject, 'while it hangs', (abort) => {
    subject.control.addFault({ upstream: subject.upstream, fault: 'hang', nth: 1, times: 10 });
    return onCall(subject, 1, () => setImmediate(abort));
  });
  await cancelWhen(subject, 'while it backs off', () => {
    subject.control.addFault({ upstream: subject.upstream, fault: '503', nth: 1, times: 1000 });
    return 'on-sleep';
  });
}

function onCall(subject: SuiteSubject, nth: number, act: () => void): () => void {
  let calls = 0;
  return subject.control.onCall((upstream) => {
    if (upstream !== subject.upstream) return;
    calls += 1;
    if (calls === nth) act();
  });
}

async function cancelWhen(
  subject: SuiteSubject,
  what: string,
  arrange: (abort: () => void) => (() => void) | 'on-sleep',
): Promise<void> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const arranged = arrange(abort);
  const options = { signal: controller.signal, ...(arranged === 'on-sleep' && { onSleep: abort }) };
  const result = await read(subject, options);
  if (arranged !== 'on-sleep') arranged();
  assert.equal(result.error?.code, 'CANCELLED', `cancelled ${what}`);
}
