import assert from 'node:assert/strict';
import type { FaultName } from '../kit/sandbox/faults.ts';
import { assertNone, HANG_DEADLINE_MS, LASTING } from './fault-cases.ts';
import { overLimit } from './over-limit.ts';
import { readAll, textsOf } from './read-all.ts';
import { onBench, read, type SuiteSubject } from './suite-bench.ts';
import { type Truth, truthOf } from './truth.ts';

/** How an upstream that does not let anybody in for a while, though the credentials are good, may look. */
const FAULTS: readonly FaultName[] = ['429-retry-after', '500', 'html', 'hang'];
/** Of one request; see `defaultRetryPolicy`. */
const MOST_ATTEMPTS = 4;

/**
 * A sign-in that fails once costs nothing but time; one that fails for good ends the run with a reason, which is not that
 * the credentials are wrong, and after no more tries than the streams of a run have, no faster than the limit. A connector
 * that signs nobody in has nothing to fail at.
 */
export async function signInCase(subject: SuiteSubject): Promise<void> {
  const truth = await truthOf(subject);
  const { calls: usual } = await signInsUnder(subject, undefined);
  if (usual === 0) return;
  for (const fault of FAULTS) {
    const once = await signInsUnder(subject, { fault, times: 1 });
    assert.equal(once.result.error, undefined, `${fault} of one sign-in ends the run: ${once.result.error?.message}`);
    assert.deepEqual(textsOf(once.result.observations), textsOf(truth.observations), `${fault} of one sign-in`);
    assert.ok(once.calls > usual, `${fault} struck no sign-in`);
    await lastingCase(subject, truth, fault, usual);
  }
}

async function lastingCase(subject: SuiteSubject, truth: Truth, fault: FaultName, usual: number): Promise<void> {
  const what = `${fault} of every sign-in`;
  const { result, calls, tooFast } = await signInsUnder(subject, { fault, times: LASTING });
  assert.ok(result.error, `${what} passed unnoticed`);
  assert.match(result.error.code, /^UPSTREAM_(TRANSIENT|SYSTEM)$/, `${what}: ${result.error.message}`);
  assert.match(result.error.userMessage, /^[A-Z].*\.$/, `${what} has no reason for people`);
  assertNone(textsOf(result.observations), `read without a sign-in under ${what}`);
  // Each stream tries for itself.
  const most = usual * MOST_ATTEMPTS * subject.connector.spec().streams.length;
  assert.ok(calls <= most, `${calls} sign-ins under ${what}`);
  assert.deepEqual(tooFast, [], `signs in faster than the limit under ${what}`);
  const after = await read(subject, { checkpoints: result.checkpoints });
  assert.equal(after.error, undefined, `the run after ${what} fails: ${after.error?.message}`);
  assert.deepEqual(textsOf(after.observations), textsOf(truth.observations), `the run after ${what}`);
}

/** One run while the fault strikes sign-ins: what it brought, how often it signed in, and which calls came too fast. */
async function signInsUnder(subject: SuiteSubject, struck: { fault: FaultName; times: number } | undefined) {
  const { connector, upstream, control } = subject;
  const limit = connector.spec().rateLimit;
  assert.ok(limit, 'a connector that asks has a limit');
  if (struck) control.addFault({ upstream, on: 'sign-in', ...struck });
  const config = struck?.fault === 'hang' ? { requestDeadlineMs: HANG_DEADLINE_MS } : {};
  return onBench(subject, { config }, async ({ context, time }) => {
    const callsAtMs: number[] = [];
    const before = control.calls(upstream).signIn;
    const end = control.onCall((called) => {
      if (called === upstream) callsAtMs.push(time.monotonicMs());
    });
    const result = await readAll(connector, context);
    end();
    return { result, calls: control.calls(upstream).signIn - before, tooFast: overLimit(callsAtMs, limit) };
  });
}
