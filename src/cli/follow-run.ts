import type { Database } from '../database/open-database.ts';
import { wait } from '../lib/wait.ts';
import type { RunCounts } from '../sync/run-counts.ts';
import type { OnRunProgress } from '../sync/run-dependencies.ts';
import { findRun, type RunRecord } from '../sync/run-record.ts';
import { EXIT } from './exit-codes.ts';

const FOLLOW_MS = 200;

/** Waits for the end of a run, whoever works on it, and says how it goes on. */
export async function followRun(
  database: Database,
  runId: number,
  say: OnRunProgress,
  signal: AbortSignal,
): Promise<RunRecord> {
  for (;;) {
    const run = await findRun(database.fork(), runId);
    if (run && run.state !== 'RUNNING') return run;
    if (run) say(run.counts, run.percent);
    await wait(FOLLOW_MS, signal);
  }
}

/** How a run goes on, for a line that changes; the figure in percent where it is known. */
export function progressWords({ read, changes }: RunCounts, percent?: number | null): string {
  const share = percent === undefined || percent === null ? '' : `${Math.floor(percent)} %, `;
  return `${share}${read} records, ${changes} changes`;
}

/** A run that ended, in a sentence. */
export function describeRun({ id, sourceId, state, counts, failure }: RunRecord): string {
  const { asked, read, accepted, unchanged, rejected, changes } = counts;
  const figures = `${asked} requests, ${read} records: ${accepted} new, ${unchanged} unchanged, ${rejected} rejected; ${changes} changes`;
  return `${sourceId}: ${state} (run ${id}). ${figures}.${failure ? ` ${failure.message}` : ''}`;
}

/** What the exit code says of a run. */
export function exitCodeOfRun({ state }: Pick<RunRecord, 'state'>): number {
  if (state === 'PARTIAL') return EXIT.partial;
  if (state === 'FAILED') return EXIT.failure;
  return state === 'CANCELLED' ? EXIT.interrupted : EXIT.ok;
}
