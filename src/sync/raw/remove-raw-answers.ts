import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** How many go in one statement, so that none holds its locks for long. */
const BATCH = 500;
/** What an answer takes on the disk beside its body; small ones are mostly that. Measured. */
const ROW_BYTES = 1_024;

/** Removes answers whose time is over, and of sources that keep more than they may the oldest; gives how many went. */
export async function removeRawAnswers(
  em: EntityManager,
  { now, maxSourceBytes }: { now: Date; maxSourceBytes: number },
): Promise<number> {
  const over = await sql<{ id: number }>`select id from raw_answer where until <= ${now}`.execute(em.getKysely());
  let removed = await removeAll(em, over.rows);
  const full = await sql<{ sourceId: string }>`select source_id as "sourceId" from raw_answer
    group by source_id having sum(kept_bytes + ${ROW_BYTES}) > ${maxSourceBytes}`.execute(em.getKysely());
  for (const { sourceId } of full.rows) {
    // By when it was last given: what an upstream has answered for days and still answers is not old.
    const oldest = await sql<{ id: number }>`
      select id from (
        select id, sum(kept_bytes + ${ROW_BYTES}) over (order by last_seen_at desc, id desc) as newer_bytes
        from raw_answer where source_id = ${sourceId}
      ) as sized where newer_bytes > ${maxSourceBytes}`.execute(em.getKysely());
    removed += await removeAll(em, oldest.rows);
  }
  return removed;
}

async function removeAll(em: EntityManager, rows: readonly { id: number }[]): Promise<number> {
  for (let from = 0; from < rows.length; from += BATCH) {
    const ids = rows.slice(from, from + BATCH).map(({ id }) => id);
    await sql`delete from raw_answer where id = any(${ids}::bigint[])`.execute(em.getKysely());
  }
  return rows.length;
}
