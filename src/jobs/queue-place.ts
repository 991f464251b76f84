import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';
import { JOBS_SCHEMA } from './jobs-pool.ts';
import type { QueuePlace } from './queue-backend.ts';

/** Where the jobs of a database are kept. */
export async function queuePlaceOf(
  database: Pick<Database, 'fork' | 'url'>,
  redisUrl: string | undefined,
): Promise<QueuePlace> {
  const found = await sql<{ epoch: string }>`select epoch from change_log`.execute(database.fork().getKysely());
  return { databaseUrl: database.url, redisUrl, installation: found.rows[0]?.epoch ?? '' };
}

/** Whether any process has opened the queue there; opening it makes it. */
export async function hasQueue(database: Pick<Database, 'fork'>, { redisUrl }: QueuePlace): Promise<boolean> {
  if (redisUrl !== undefined) return true;
  const found = await sql`select 1 from pg_namespace where nspname = ${JOBS_SCHEMA}`.execute(
    database.fork().getKysely(),
  );
  return found.rows.length > 0;
}
