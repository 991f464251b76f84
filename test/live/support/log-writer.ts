import { sql } from 'kysely';
import { CHANGE_CHANNEL } from '../../../src/database/channels.ts';
import type { Database } from '../../../src/database/open-database.ts';
import type { UnloggedChange } from '../../../src/live/replay-change-source.ts';
import { lockLog } from '../../../src/unify/locks.ts';

/**
 * Writes one transaction to the change log in the way unify does: under the log's lock, with numbers of the sequence,
 * and a notification. Gives its last seq.
 */
export function writeChanges(
  database: Pick<Database, 'fork'>,
  changes: readonly UnloggedChange[],
  { notify = true }: { notify?: boolean } = {},
): Promise<number> {
  return database.fork().transactional(async (em) => {
    const db = em.getKysely();
    await lockLog(db as never);
    const { rows } = await sql<{ seq: number }>`
      select nextval('change_seq') as seq from generate_series(1, ${changes.length}::int)`.execute(db);
    const seqs = rows.map(({ seq }) => Number(seq));
    const records = changes.map((change, index) => ({
      seq: seqs[index],
      tx: seqs[0],
      last: index === changes.length - 1,
      at: change.at,
      kind: change.kind,
      entity_id: change.entityId,
      operation: change.operation,
      before: change.before,
      after: change.after,
      attributes: change.attributes,
      cause: change.cause,
      sources: change.sources,
      run_id: change.runId,
      province_code: change.province,
      system_code: change.system,
    }));
    await sql`insert into change select * from jsonb_populate_recordset(null::change, ${JSON.stringify(records)}::jsonb)`.execute(
      db,
    );
    const last = seqs.at(-1) as number;
    if (notify) await sql`select pg_notify(${CHANGE_CHANNEL}, ${String(last)})`.execute(db);
    return last;
  });
}
