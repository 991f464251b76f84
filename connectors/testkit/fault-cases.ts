import assert from 'node:assert/strict';
import type { FaultName } from '../kit/sandbox/faults.ts';
import { type ReadResult, textsOf } from './read-all.ts';
import { read, type SuiteSubject } from './suite-bench.ts';
import { type Truth, truthOf } from './truth.ts';

/** Which call of a run a fault strikes. */
const NTHS = [1, 2, 3];

/** Of a request that is struck by a hang, so that waiting it out is a matter of moments. */
export const HANG_DEADLINE_MS = 200;

/** How long a fault lasts that does not pass; those that cost real time or many megabytes a call last a few calls. */
export const LASTING = 1000;
const LASTING_OF: Partial<Record<FaultName, number>> = { hang: 1, 'huge-field': 3, 'gzip-burst': 8 };
/** Ten megabytes a time, and the same at any call. */
const NTHS_OF: Partial<Record<FaultName, readonly number[]>> = { 'huge-field': [1] };

/** One fault, struck once at each of the first calls and for good from the first on. */
export async function faultCase(subject: SuiteSubject, fault: FaultName): Promise<void> {
  const truth = await truthOf(subject);
  const lasting = LASTING_OF[fault] ?? LASTING;
  for (const nth of (NTHS_OF[fault] ?? NTHS).filter((call) => call <= truth.requests)) {
    for (const times of nth === 1 && lasting > 1 ? [1, lasting] : [1]) {
      subject.control.addFault({ upstream: subject.upstream, fault, nth, times });
      const config = fault === 'hang' ? { requestDeadlineMs: HANG_DEADLINE_MS } : {};
      const struck = await read(subject, { config });
      const what = `${fault} ${times} times from call ${nth} on`;
      assertHonest(truth, struck, fault, what);
      if (times > 1 && !subject.unmoved.includes(fault)) assertSaid(struck, fault);
      const after = await read(subject, { checkpoints: struck.checkpoints });
      assert.equal(after.error, undefined, `the run after ${what} fails: ${after.error?.message}`);
      const both = new Set(textsOf([...struck.observations, ...after.observations]));
      // What was rejected is kept with its reason; what the upstream hid or changed it may never give.
      const isExcused = fault === 'rows-vanish' || struck.rejections.length > 0 || CHANGED_BY[fault];
      if (!isExcused) assertNone(missingFrom(both, truth), `never read after ${what}`);
    }
  }
}

/** Faults under which records truly differ from the truth, in the attribute that the code map fills. */
const CHANGED_BY: Partial<Record<FaultName, RegExp>> = { 'unknown-status': /"UNMAPPED"/ };

function assertHonest(truth: Truth, struck: ReadResult, fault: FaultName, what: string): void {
  const given = textsOf(struck.observations);
  const invented = given.filter((text) => !truth.held.has(text) && !CHANGED_BY[fault]?.test(text));
  assertNone(invented, `invented under ${what}`);
  // Records that the upstream leaves out of a list that is sound in itself cannot be missed in one answer.
  if (struck.error || struck.rejections.length > 0 || fault === 'rows-vanish' || CHANGED_BY[fault]) return;
  assertNone(missingFrom(new Set(given), truth), `lost without a word under ${what}`);
}

const missingFrom = (texts: ReadonlySet<string>, truth: Truth): string[] =>
  [...truth.held].filter((text) => !texts.has(text));

export function assertNone(texts: readonly string[], what: string): void {
  assert.deepEqual(texts.slice(0, 3), [], `${texts.length} ${what}`);
}

/** A fault that does not pass shows: in an error with a code, in rejections, or in what is marked as unmapped. */
function assertSaid(struck: ReadResult, fault: FaultName): void {
  const harmless: readonly FaultName[] = ['error-code-type', 'doubled', 'out-of-order', 'new-field', 'rows-vanish'];
  if (harmless.includes(fault)) {
    assert.equal(struck.error, undefined, `${fault} is survived: ${struck.error?.message}`);
    return;
  }
  const isMarked = struck.observations.some((observation) => /"rawCode"/.test(JSON.stringify(observation)));
  assert.ok(struck.error || struck.rejections.length > 0 || isMarked, `${fault} passed unnoticed`);
  if (struck.error) assert.match(struck.error.code, /^UPSTREAM_/);
}
