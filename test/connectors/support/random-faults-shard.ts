import { afterAll, describe, expect, test } from '@jest/globals';
import { connectors } from '../../../connectors/index.ts';
import { standIns } from '../../../connectors/stand-ins.ts';
import { randomFaultsRun } from '../../../connectors/testkit/random-faults.ts';
import { createSubjectOf, type SubjectInSandbox } from './sandbox-subject.ts';

/** Files that share the runs between them, so that they run side by side. */
const SHARDS = 4;
/** How many seeds, and the first: `FAULT_RUNS=1 FAULT_SEED=417` repeats what a failure printed. */
const RUNS = Number(process.env.FAULT_RUNS ?? 1000);
const FIRST_SEED = Number(process.env.FAULT_SEED ?? 1);
const LIMIT_MS = 600_000;

/** Those that are asked; faults of those that only push are cases of their own suite. */
const asked = standIns.filter(({ connector }) => (connectors.get(connector)?.spec().streams.length ?? 0) > 0);
// The seed alone says which connector it strikes, so that a run can be repeated by itself.
const seedsOf = (index: number): number[] =>
  Array.from({ length: RUNS }, (_, nth) => FIRST_SEED + nth).filter((seed) => seed % asked.length === index);

/** The seeded runs of every connector whose place in the list falls to this shard, counted from 0. */
export function describeRandomFaults(shard: number): void {
  describe(`${RUNS} runs under random faults across the fleet, part ${shard + 1} of ${SHARDS}`, () => {
    const started: SubjectInSandbox[] = [];
    afterAll(() => Promise.all(started.map(({ sandbox }) => sandbox.stop())));
    let runs = 0;
    let failedRuns = 0;

    for (const [index, standIn] of asked.entries()) {
      if (index % SHARDS !== shard) continue;
      const seeds = seedsOf(index);
      test(
        `${standIn.connector}: ${seeds.length} times nothing is invented, nor anything lost once the faults are over`,
        async () => {
          const current = await createSubjectOf(standIn);
          started.push(current);
          for (const seed of seeds) {
            const outcome = await randomFaultsRun(current.subject, seed).catch((error: Error) => {
              const again = `FAULT_RUNS=1 FAULT_SEED=${seed} (${standIn.connector})`;
              throw new Error(`${again}: ${error.message}`, { cause: error });
            });
            runs += 1;
            failedRuns += outcome.failedRuns;
          }
        },
        LIMIT_MS,
      );
    }

    test('the faults were felt: they made runs fail', () => {
      expect(failedRuns).toBeGreaterThanOrEqual(Math.floor(runs / 10));
    });
  });
}
