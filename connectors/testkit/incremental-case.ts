import assert from 'node:assert/strict';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { assertNone } from './fault-cases.ts';
import { Latest } from './latest.ts';
import { textOf } from './read-all.ts';
import { read, type SuiteSubject } from './suite-bench.ts';

const HOUR_MS = 3_600_000;
/** A day of the stand-in takes so long by the hub's clock: 24 s. */
const SPEED = 3600;
/** How long before the suite's moment each read of the row takes place. */
const HOURS_BEFORE = [30, 20, 6, 3, 0];

/**
 * Reads in a row, each from the checkpoint of the one before while the clock goes on, know by the end all that one fresh
 * read brings: of each thing, the last that was said is what the fresh read says last.
 */
export async function incrementalCase(subject: SuiteSubject): Promise<void> {
  const at = new Date(subject.at).getTime();
  try {
    // By the hub's clock the reads follow each other quickly, so that what has not changed may be answered so.
    const clock = { now: () => new Date(at + (subject.domainClock.now().getTime() - at) / SPEED) };
    const inRow = new Latest();
    let checkpoints: Readonly<Record<string, Json>> = {};
    for (const hours of HOURS_BEFORE) {
      subject.setTime(new Date(at - hours * HOUR_MS));
      const result = await read(subject, { checkpoints, clock });
      assert.equal(result.error, undefined, `${hours} h before: ${result.error?.message}`);
      assert.deepEqual(result.rejections, [], `${hours} h before`);
      inRow.add(result.observations);
      ({ checkpoints } = result);
    }
    const fresh = new Latest().add((await read(subject)).observations).all();
    const differing = fresh.filter((observation) => !inRow.holds(observation));
    assertNone(differing.map(textOf), 'known to a fresh read only');
  } finally {
    subject.setTime(new Date(at));
  }
}
