import assert from 'node:assert/strict';
import type { FaultName } from '../kit/sandbox/faults.ts';
import { type ReadResult, textsOf } from './read-all.ts';
import { read, readTruth, type SuiteSubject } from './suite-bench.ts';

/** Which call of a run a fault strikes. */
const NTHS = [1, 2, 3];

/** Of a request that is struck by a hang, so that waiting it out is a matter of moments. */
const HANG_DEADLINE_MS = 300;

/** One fault, struck once at each of the first calls and for good from the first on. */
export async function faultCase(subject: SuiteSubject, fault: FaultName): Promise<void> {
  const truth = await readTruth(subject);
  for (const nth of NTHS) {
    // Waiting out a hang each time would test nothing more.
    for (const times of nth === 1 && fault !== 'hang' ? [1, 1000] : [1]) {
      subject.control.addFault({ upstream: subject.upstream, fault, nth, times });
      const config = fault === 'hang' ? { requestDeadlineMs: HANG_DEADLINE_MS } : {};
      const struck = await read(subject, { config });
      const what = `${fault} ${times} times from call ${nth} on`;
      assertHonest(truth, struck, fault, what);
      if (times > 1 && nth === 1 && !subject.unmoved.includes(fault)) assertSaid(struck, fault);
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

function assertHonest(truth: ReadResult, struck: ReadResult, fault: FaultName, what: string): void {
  const held = new Set(textsOf(truth.observations));
  const invented = textsOf(struck.observations).filter((text) => !held.has(text) && !CHANGED_BY[fault]?.test(text));
  assertNone(invented, `invented under ${what}`);
  // Records that the upstream leaves out of a list that is sound in itself cannot be missed in one answer.
  if (struck.error || struck.rejections.length > 0 || fault === 'rows-vanish' || CHANGED_BY[fault]) return;
  assertNone(missingFrom(new Set(textsOf(struck.observations)), truth), `lost without a word under ${what}`);
}

const missingFrom = (texts: ReadonlySet<string>, truth: ReadResult): string[] =>
  textsOf(truth.observations).filter((text) => !texts.has(text));

function assertNone(texts: readonly string[], what: string): void {
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

/** Faults that pass, at calls that a seed chooses. */
export async function randomFaultsCase(subject: SuiteSubject): Promise<void> {
  const truth = await readTruth(subject);
  const transient: FaultName[] = [
    'session-dies',
    'html',
    'reset',
    '429',
    '429-retry-after',
    '500',
    '503',
    'invalid-utf8',
  ];
  for (let seed = 1; seed <= 5; seed += 1) {
    for (const fault of transient) {
      subject.control.addFault({ upstream: subject.upstream, fault, probability: 0.05, seed, times: 3 });
    }
    const struck = await read(subject);
    assertHonest(truth, struck, 'reset', `random faults by seed ${seed}`);
  }
}
