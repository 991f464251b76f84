import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { removeReceipts } from '../sync/push-receipts.ts';
import { removeRawAnswers } from '../sync/raw/remove-raw-answers.ts';

const DAY_MS = 86_400_000;
/** A source that is read every five seconds makes 17,000 runs a day, nearly all of them without anything to tell. */
const KEPT_RUNS_PER_SOURCE = 500;
const KEPT_FAILURES_MS = 14 * DAY_MS;
/** Of a source that fails without end, e.g. a sender whose deliveries are all refused; the newest stay. */
const KEPT_FAILURES_PER_SOURCE = 10_000;
/** After it last came. */
const KEPT_REJECTIONS_MS = 90 * DAY_MS;
/** Of a source that sends ever other records that break its contract; those that came last stay. */
const KEPT_REJECTIONS_PER_SOURCE = 10_000;
/** After it was last seen. */
const KEPT_NOTICES_MS = 90 * DAY_MS;
/** Longer than any sender goes on delivering the same event. */
const KEPT_RECEIPTS_MS = 30 * DAY_MS;
/** A session that nobody has renewed for so long is of no use, nor are those of credentials that were changed. */
const KEPT_SESSIONS_MS = 30 * DAY_MS;

export interface HouseKept {
  readonly runs: number;
  readonly rejections: number;
  readonly notices: number;
  readonly rawAnswers: number;
  readonly receipts: number;
}

/**
 * Removes run records, rejections, notices and raw answers that nobody will ask for. Facts, history and change log are
 * not touched. `maxSourceBytes`: of the raw answers of one source.
 */
export async function keepHouse(
  em: EntityManager,
  now: Date,
  maxSourceBytes: number = Number.MAX_SAFE_INTEGER,
): Promise<HouseKept> {
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  const oldestFailure = before(KEPT_FAILURES_MS);
  const oldestRejection = before(KEPT_REJECTIONS_MS);
  const runs = await sql`
    delete from sync_run using (
      select id, row_number() over (partition by source_id, state = 'SUCCEEDED' order by id desc) as age from sync_run
    ) as aged
    where sync_run.id = aged.id and state <> 'RUNNING' and age > ${KEPT_RUNS_PER_SOURCE}
      and (state = 'SUCCEEDED' or started_at < ${oldestFailure} or age > ${KEPT_FAILURES_PER_SOURCE})`.execute(
    em.getKysely(),
  );
  const rejections = await sql`
    delete from rejection using (
      select id, row_number() over (partition by source_id order by last_at desc, id desc) as age from rejection
    ) as aged
    where rejection.id = aged.id and (last_at < ${oldestRejection} or age > ${KEPT_REJECTIONS_PER_SOURCE})`.execute(
    em.getKysely(),
  );
  const notices = await sql`delete from source_notice where last_seen_at < ${before(KEPT_NOTICES_MS)}`.execute(
    em.getKysely(),
  );
  await sql`delete from upstream_session where updated_at < ${before(KEPT_SESSIONS_MS)}`.execute(em.getKysely());
  return {
    runs: Number(runs.numAffectedRows ?? 0),
    rejections: Number(rejections.numAffectedRows ?? 0),
    notices: Number(notices.numAffectedRows ?? 0),
    rawAnswers: await removeRawAnswers(em, { now, maxSourceBytes }),
    receipts: await removeReceipts(em, before(KEPT_RECEIPTS_MS)),
  };
}
