import type { EntityManager } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';
import { type MeasurementKind, measurementColumns } from '../../schema/kinds/measurement-kind.ts';
import { measurementKinds, timesOf } from '../../schema/kinds/measurements.ts';
import type { Measurement } from '../../schema/observation.ts';

export interface MeasurementBatch {
  readonly sourceId: string;
  readonly runId: number | null;
  /** Of any kinds. */
  readonly measurements: readonly Measurement[];
  /** Hub clock. */
  readonly recordedAt: Date;
}

/**
 * Appends measurements, in the transaction of the EntityManager; gives how many were new. The same measurement again,
 * by entity, source and time, changes nothing: the first stands.
 */
export async function ingestMeasurements(
  em: EntityManager,
  batch: MeasurementBatch,
): Promise<{ accepted: number; unchanged: number }> {
  const db = em.getKysely() as never;
  let accepted = 0;
  for (const [name, measurements] of Map.groupBy(batch.measurements, ({ kind }) => kind)) {
    await ensurePartitions(db, measurementKinds[name], measurements);
    accepted += await append(db, measurementKinds[name], { ...batch, measurements });
  }
  return { accepted, unchanged: batch.measurements.length - accepted };
}

async function append(db: Kysely<unknown>, kind: MeasurementKind, batch: MeasurementBatch): Promise<number> {
  const columns = measurementColumns(kind);
  const rows = batch.measurements.map((measurement) => ({
    ...measurement.key,
    ...Object.fromEntries(timesOf(measurement)),
    ...measurement.values,
    detail: measurement.detail,
  }));
  const result = await sql<{ count: number }>`
    with added as (
      insert into ${sql.table(kind.table)} (${sql.join(columns.map(({ column }) => sql.ref(column)))},
        source_id, recorded_at, detail, run_id)
      select ${sql.join(columns.map(({ of }) => sql.ref(of)))},
        ${batch.sourceId}, ${batch.recordedAt}::timestamptz, detail, ${batch.runId}::bigint
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(${sql.join(columns.map(({ of, type }) => sql`${sql.ref(of)} ${sql.raw(type)}`))}, detail jsonb)
      on conflict do nothing returning 1
    )
    select count(*)::int as count from added`.execute(db);
  return result.rows[0]?.count ?? 0;
}

/** A partition per month (UTC), made when its first measurement arrives. */
async function ensurePartitions(
  db: Kysely<unknown>,
  kind: MeasurementKind,
  measurements: readonly Measurement[],
): Promise<void> {
  const months = measurements.map((measurement) => timesOf(measurement)[0]?.[1].toISOString().slice(0, 7) as string);
  for (const month of [...new Set(months)].sort()) {
    const name = `${kind.table}_${month.replace('-', '_')}`;
    const { rows } = await sql<{ known: boolean }>`select to_regclass(${name}) is not null as known`.execute(db);
    if (rows[0]?.known) continue;
    const from = new Date(`${month}-01T00:00:00Z`);
    const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
    await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(db);
    await sql`create table if not exists ${sql.table(name)} partition of ${sql.table(kind.table)}
      for values from (${sql.lit(from.toISOString())}) to (${sql.lit(to.toISOString())})`.execute(db);
  }
}
