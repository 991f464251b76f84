import type { Database } from '../database/open-database.ts';
import type { Clock } from '../lib/clock.ts';
import { sweepStaleness } from '../unify/staleness.ts';
import { settleVanishedRuns } from './claim-run.ts';
import type { WorkerIdentity } from './worker-identity.ts';

/** Settles runs that nobody works on any more, and turns stale what was not said again in time. */
export async function sweep(parts: {
  database: Pick<Database, 'fork'>;
  clock: Clock;
  me: WorkerIdentity;
}): Promise<{ vanished: number[]; changes: number }> {
  const { database, clock, me } = parts;
  const vanished = await settleVanishedRuns(database.fork(), me, clock.now());
  const { changes } = await database.fork().transactional((em) => sweepStaleness(em, { now: clock.now() }));
  return { vanished, changes };
}
