import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';
import { createReader } from '../database/operations/read/reader.ts';
import { readSourceRuns } from '../database/operations/read/sources.ts';
import type { Clock } from '../lib/clock.ts';

/** Seconds since each source was last read to its end, or last sent something by itself. */
export async function sourceAges(database: Pick<Database, 'fork'>, clock: Clock): Promise<Record<string, number>> {
  const reader = createReader(database.fork().getKysely() as never);
  const sources = await reader.rows<{ id: string }>(sql`select id from source where parent_id is null`);
  const runs = await readSourceRuns(
    reader,
    sources.map(({ id }) => id),
  );
  const now = clock.now().getTime();
  return Object.fromEntries(
    runs.flatMap(({ source, succeededAt }) =>
      succeededAt ? [[source, Math.max(0, (now - succeededAt.getTime()) / 1_000)]] : [],
    ),
  );
}
