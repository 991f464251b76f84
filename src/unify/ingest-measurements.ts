import type { EntityManager } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';
import type { ServiceHealthMeasurement } from '../../schema/observation.ts';

export interface MeasurementBatch {
  readonly sourceId: string;
  readonly runId: number | null;
  readonly measurements: readonly ServiceHealthMeasurement[];
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
  if (batch.measurements.length === 0) return { accepted: 0, unchanged: 0 };
  const db = em.getKysely() as never;
  await ensurePartitions(db, batch.measurements);
  const rows = batch.measurements.map(({ key, measuredAt, values, detail }) => ({
    ...key,
    measuredAt,
    ...values,
    detail,
  }));
  const result = await sql<{ count: number }>`
    with added as (
      insert into service_health (province_code, system_code, vendor_code, source_id, measured_at, uptime_percent,
        cpu_percent, memory_percent, traffic_mbps, alerts, recorded_at, detail, run_id)
      select province, system, vendor, ${batch.sourceId}, "measuredAt", "uptimePercent", "cpuPercent", "memoryPercent",
        "trafficMbps", alerts, ${batch.recordedAt}::timestamptz, detail, ${batch.runId}::bigint
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(province text, system text, vendor text,
        "measuredAt" timestamptz, "uptimePercent" double precision, "cpuPercent" double precision,
        "memoryPercent" double precision, "trafficMbps" double precision, alerts int, detail jsonb)
      on conflict do nothing returning 1
    )
    select count(*)::int as count from added`.execute(db);
  const accepted = result.rows[0]?.count ?? 0;
  return { accepted, unchanged: batch.measurements.length - accepted };
}

/** A partition per month (UTC), made when its first measurement arrives. */
async function ensurePartitions(db: Kysely<unknown>, measurements: readonly ServiceHealthMeasurement[]): Promise<void> {
  const months = [...new Set(measurements.map(({ measuredAt }) => measuredAt.toISOString().slice(0, 7)))].sort();
  for (const month of months) {
    const name = `service_health_${month.replace('-', '_')}`;
    const { rows } = await sql<{ known: boolean }>`select to_regclass(${name}) is not null as known`.execute(db);
    if (rows[0]?.known) continue;
    const from = new Date(`${month}-01T00:00:00Z`);
    const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
    await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(db);
    await sql`create table if not exists ${sql.table(name)} partition of service_health
      for values from (${sql.lit(from.toISOString())}) to (${sql.lit(to.toISOString())})`.execute(db);
  }
}
