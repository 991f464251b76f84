import { type EntityManager, IsolationLevel } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';
import type { SnapshotRows } from './feed-field.ts';

/**
 * Reads rows together with the place of the log that they show: both come from one REPEATABLE READ transaction, and a
 * change is written in the transaction that alters the state, so every change up to the horizon is in the rows and none
 * after it. `read` uses the EntityManager that it is given for everything.
 */
export async function readAtHorizon(
  database: Pick<Database, 'fork'>,
  read: (em: EntityManager) => Promise<readonly unknown[]>,
): Promise<SnapshotRows> {
  return database.fork().transactional(
    async (em) => {
      const { rows } = await sql<{ horizon: number }>`
        select greatest(coalesce((select max(seq) from change), 0), oldest_seq - 1) as horizon from change_log`.execute(
        em.getKysely(),
      );
      return { horizon: Number(rows[0]?.horizon ?? 0), rows: await read(em as EntityManager) };
    },
    { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
  );
}
