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

/**
 * How long a new partition waits for those who read its table. Everybody who comes after it waits with it, so it gives up
 * before a person would notice; what it was for is tried again.
 */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Makes the partitions of these moments that are not there yet; each when its first measurement arrives, unless it was made
 * ahead. A table that is made by itself and attached keeps nobody from its siblings: only who reads the table as a whole,
 * and with it the default partition, is waited for.
 * @throws a retryable conflict (55P03) where that takes too long.
 */
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
  for (const name of await missingOf(db, [...wanted.keys()].sort())) {
    // Two that find it missing at once: the second waits here, and then finds it made.
    await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(db);
    if ((await missingOf(db, [name])).length === 0) continue;
    const { from, to } = wanted.get(name) as Partition;
    await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT_MS)}`.execute(db);
    await sql`create table ${sql.table(name)} (like ${sql.table(kind.table)} including all)`.execute(db);
    await sql`alter table ${sql.table(kind.table)} attach partition ${sql.table(name)}
      for values from (${sql.lit(from.toISOString())}) to (${sql.lit(to.toISOString())})`.execute(db);
    await sql`set local lock_timeout to default`.execute(db);
  }
}

async function missingOf(db: Kysely<unknown>, names: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${[...names]}::text[]) as name where to_regclass(name) is null order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** The moments whose partitions will be wanted soon; a month is there a week before it begins. */
export function comingMoments(kind: MeasurementKind, now: Date): number[] {
  const days = kind.partitions === 'day' ? [-1, 0, 1, 2] : [0, 7];
  return days.map((day) => now.getTime() + day * DAY_MS);
}
