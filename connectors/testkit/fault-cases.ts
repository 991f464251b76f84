import assert from 'node:assert/strict';
import type { Observation } from '../../schema/observation.ts';
import type { FaultName } from '../kit/sandbox/faults.ts';
import type { HiddenRow } from '../kit/sandbox/server.ts';
import { laneOf } from './latest.ts';
import { type ReadResult, textOf, textsOf } from './read-all.ts';
import { read, type SuiteSubject } from './suite-bench.ts';
import { type Truth, truthOf } from './truth.ts';
import { unexcused } from './withheld.ts';

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
  const hidden: HiddenRow[] = [];
  const endHiding = subject.control.onHidden((row) => {
    if (row.upstream === subject.upstream) hidden.push(row);
  });
  await strike(subject, fault, hidden).finally(endHiding);
}

async function strike(subject: SuiteSubject, fault: FaultName, hidden: HiddenRow[]): Promise<void> {
  const { streams } = subject.connector.spec();
  const snapshotKinds = streams.filter(({ mode }) => mode === 'snapshot').flatMap(({ kinds }) => kinds);
  const truth = await truthOf(subject);
  const lasting = LASTING_OF[fault] ?? LASTING;
  for (const nth of (NTHS_OF[fault] ?? NTHS).filter((call) => call <= truth.requests)) {
    for (const times of nth === 1 && lasting > 1 ? [1, lasting] : [1]) {
      hidden.length = 0;
      subject.control.addFault({ upstream: subject.upstream, fault, nth, times });
      const config = fault === 'hang' ? { requestDeadlineMs: HANG_DEADLINE_MS } : {};
      const struck = await read(subject, { config });
      const what = `${fault} ${times} times from call ${nth} on`;
      const withheld = { rejections: struck.rejections, hidden };
      const unexcusedIn = (missing: readonly Observation[]): string[] =>
        unexcused(missing, truth.observations, withheld, { streams, keyOf: subject.keyOf }).map(textOf);
      assertNone(inventedIn(truth, struck, fault), `invented under ${what}`);
      if (!struck.error) {
        assertNone(unexcusedIn(missingFrom(truth, struck.observations)), `lost without a word under ${what}`);
      }
      if (times > 1 && !subject.unmoved.includes(fault)) assertSaid(struck, fault);
      const after = await read(subject, { checkpoints: struck.checkpoints });
      assert.equal(after.error, undefined, `the run after ${what} fails: ${after.error?.message}`);
      // What a list of news hid, or brought broken, it may not give again; a snapshot is whole again.
      const missing = missingFrom(truth, [...struck.observations, ...after.observations]);
      const isOfSnapshot = ({ kind }: Observation): boolean => snapshotKinds.includes(kind);
      assertNone(missing.filter(isOfSnapshot).map(textOf), `not whole again after ${what}`);
      assertNone(unexcusedIn(missing), `never read after ${what}`);
    }
  }
}

const UNMAPPED = /"UNMAPPED"/;
/** Faults under which records truly differ from the truth, in the attribute that the code map fills. */
const CHANGED_BY: Partial<Record<FaultName, RegExp>> = { 'unknown-status': UNMAPPED };

const inventedIn = (truth: Truth, struck: ReadResult, fault: FaultName): string[] =>
  textsOf(struck.observations).filter((text) => !truth.held.has(text) && !CHANGED_BY[fault]?.test(text));

/** What the upstream holds and nobody said; said to be UNMAPPED is said. */
function missingFrom(truth: Truth, given: readonly Observation[]): Observation[] {
  const texts = new Set(textsOf(given));
  const unmapped = new Set(given.filter((one) => UNMAPPED.test(textOf(one))).map(laneOf));
  return truth.observations.filter((one) => !texts.has(textOf(one)) && !unmapped.has(laneOf(one)));
}

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
