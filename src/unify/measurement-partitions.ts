import { type Kysely, sql } from 'kysely';
import type { MeasurementKind } from '../../schema/kinds/measurement-kind.ts';

interface Partition {
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
}

/** Days of Asia/Ho_Chi_Minh begin seven hours before those of UTC. */
const LOCAL_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** The partition that a moment falls into: a month of UTC, or a local day. */
export function partitionOf(kind: MeasurementKind, moment: Date): Partition {
  if (kind.partitions === 'month') {
    const [year, month] = [moment.getUTCFullYear(), moment.getUTCMonth()];
    const from = new Date(Date.UTC(year, month, 1));
    const name = `${kind.table}_${from.toISOString().slice(0, 7).replace('-', '_')}`;
    return { name, from, to: new Date(Date.UTC(year, month + 1, 1)) };
  }
  const day = Math.floor((moment.getTime() + LOCAL_OFFSET_MS) / DAY_MS) * DAY_MS;
  const from = new Date(day - LOCAL_OFFSET_MS);
  const name = `${kind.table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '_')}`;
  return { name, from, to: new Date(from.getTime() + DAY_MS) };
}

/** Makes the partitions of these moments that are not there yet; each when its first measurement arrives. */
export async function ensurePartitions(
  db: Kysely<unknown>,
  kind: MeasurementKind,
  moments: Iterable<number>,
): Promise<void> {
  const wanted = new Map<string, Partition>();
  for (const moment of new Set(moments)) {
    const partition = partitionOf(kind, new Date(moment));
    wanted.set(partition.name, partition);
  }
  const names = [...wanted.keys()].sort();
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${names}::text[]) as name where to_regclass(name) is null order by name`.execute(db);
  for (const { name } of rows) {
    const { from, to } = wanted.get(name) as Partition;
    // Two that find it missing at once: the second waits here, and then finds it made.
    await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(db);
    await sql`create table if not exists ${sql.table(name)} partition of ${sql.table(kind.table)}
      for values from (${sql.lit(from.toISOString())}) to (${sql.lit(to.toISOString())})`.execute(db);
  }
}
