import assert from 'node:assert/strict';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { Observation } from '../../schema/observation.ts';
import type { RejectedRecord } from '../kit/connector.ts';
import { FAULT_NAMES, type FaultName } from '../kit/sandbox/faults.ts';
import { createSeededRandom } from '../kit/sandbox/seeded-random.ts';
import type { HiddenRow } from '../kit/sandbox/server.ts';
import { assertNone } from './fault-cases.ts';
import { Latest } from './latest.ts';
import { textOf, textsOf } from './read-all.ts';
import { read, type SuiteSubject } from './suite-bench.ts';
import { truthOf } from './truth.ts';
import { unexcused } from './withheld.ts';

const HOUR_MS = 3_600_000;
/** Moments of the clock at which the runs of one seed take place, in hours before the suite's own. */
const HOURS_BEFORE = [27, 12, 3, 0];
/** Waiting out hangs takes real time, so they are rare here; each connector has its case for them. */
const SLOW: readonly FaultName[] = ['hang', 'huge-field', 'gzip-burst'];
const SLOW_SHARE = 0.02;
const HANG_DEADLINE_MS = 100;
/** What truly changes a record, rather than hiding or breaking it. */
const CHANGED = /"UNMAPPED"/;

export interface RandomFaultsOutcome {
  readonly faults: readonly FaultName[];
  readonly failedRuns: number;
}

/**
 * One seeded story: runs at several moments of the clock while faults that the seed chooses strike calls that it chooses,
 * some runs killed after a page; then a run without faults. Nothing may be said that the stand-in never held, and by the
 * end what was said last of each thing must be what the stand-in holds.
 */
export async function randomFaultsRun(subject: SuiteSubject, seed: number): Promise<RandomFaultsOutcome> {
  const random = createSeededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const at = new Date(subject.at).getTime();
  const faults: FaultName[] = [];
  const said = new Latest();
  let heldEarlier: ReadonlySet<string> = new Set();
  const rejections: RejectedRecord[] = [];
  const hidden: HiddenRow[] = [];
  const endHiding = subject.control.onHidden((row) => {
    if (row.upstream === subject.upstream) hidden.push(row);
  });
  let failedRuns = 0;
  let checkpoints: Readonly<Record<string, Json>> = {};
  try {
    for (const hours of HOURS_BEFORE) {
      subject.setTime(new Date(at - hours * HOUR_MS));
      const { held: heldNow, pages } = await truthOf(subject);
      const held = subject.repeats ? new Set([...heldEarlier, ...heldNow]) : heldNow;
      heldEarlier = held;
      for (let count = Math.floor(random() * 3); count >= 0; count -= 1) {
        const fault = random() < SLOW_SHARE ? pick(SLOW) : pick(FAULT_NAMES.filter((name) => !SLOW.includes(name)));
        faults.push(fault);
        const probability = 0.1 + 0.4 * random();
        const times = 1 + Math.floor(random() * 6);
        const faultSeed = Math.floor(random() * 2 ** 31);
        subject.control.addFault({ upstream: subject.upstream, fault, probability, times, seed: faultSeed });
      }
      const result = await read(subject, {
        checkpoints,
        random,
        ...(random() < 0.2 && { killedAfter: Math.floor(random() * pages.length) }),
        ...(faults.includes('hang') && { config: { requestDeadlineMs: HANG_DEADLINE_MS } }),
      });
      if (result.error) {
        failedRuns += 1;
        assert.match(result.error.code, /^UPSTREAM_/);
      }
      const invented = textsOf(result.observations).filter((text) => !held.has(text) && !CHANGED.test(text));
      assertNone(invented, `invented ${hours} h before the end, under ${faults.join(', ')}`);
      said.addRun(result);
      rejections.push(...result.rejections);
      ({ checkpoints } = result);
    }
    // A run that goes on where one was cut off sees the rest only; the one after it sees everything.
    for (let run = 1; run <= 2; run += 1) {
      const last = await read(subject, { checkpoints });
      assert.equal(last.error, undefined, `run ${run} after the faults fails: ${last.error?.message}`);
      said.addRun(last);
      ({ checkpoints } = last);
    }
    const truth = new Latest().add((await truthOf(subject)).observations).all();
    const missing = truth.filter((observation) => !said.holds(observation));
    const [facts, measurements] = [missing.filter(isFact), missing.filter((one) => !isFact(one))];
    // Snapshots are whole again. What a list of news left out, or brought broken, it does not bring again once the time that
    // lists overlap is past; what was rejected is kept with its reason.
    const telling = { streams: subject.connector.spec().streams, keyOf: subject.keyOf };
    const lost = [...facts, ...unexcused(measurements, truth, { rejections, hidden }, telling)];
    assertNone(lost.map(textOf), `lost under ${faults.join(', ')}`);
    return { faults, failedRuns };
  } finally {
    endHiding();
    subject.setTime(new Date(at));
  }
}

const isFact = (observation: Observation): boolean => observation.class === 'fact';
