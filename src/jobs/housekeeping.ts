import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

const DAY_MS = 86_400_000;
/** A source that is read every five seconds makes 17,000 runs a day, nearly all of them without anything to tell. */
const KEPT_RUNS_PER_SOURCE = 500;
const KEPT_FAILURES_MS = 14 * DAY_MS;
const KEPT_REJECTIONS_MS = 90 * DAY_MS;

/** Removes run records and rejections that nobody will ask for. Facts, history and change log are not touched. */
export async function keepHouse(em: EntityManager, now: Date): Promise<{ runs: number; rejections: number }> {
  const oldestFailure = new Date(now.getTime() - KEPT_FAILURES_MS);
  const oldestRejection = new Date(now.getTime() - KEPT_REJECTIONS_MS);
  const runs = await sql`
    delete from sync_run using (
      select id, row_number() over (partition by source_id, state = 'SUCCEEDED' order by id desc) as age from sync_run
    ) as aged
    where sync_run.id = aged.id and state <> 'RUNNING' and age > ${KEPT_RUNS_PER_SOURCE}
      and (state = 'SUCCEEDED' or started_at < ${oldestFailure})`.execute(em.getKysely());
  const rejections = await sql`delete from rejection where at < ${oldestRejection}`.execute(em.getKysely());
  return { runs: Number(runs.numAffectedRows ?? 0), rejections: Number(rejections.numAffectedRows ?? 0) };
}
