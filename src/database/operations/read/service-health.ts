import { type RawBuilder, sql } from 'kysely';
import { allOf } from './keyset-page.ts';
import type { Reader } from './reader.ts';

export interface ServiceHealthRow {
  province: string;
  system: string;
  vendor: string;
  source: string;
  uptimePercent: number;
  cpuPercent: number;
  memoryPercent: number;
  trafficMbps: number;
  alerts: number;
  measuredAt: Date;
  recordedAt: Date;
  simulated: boolean;
}

/**
 * The latest measurement of each system of a province by each vendor, among those that the clocks admit; where several
 * sources measured the same, the one of the lower rank. `condition` may use `h`.
 */
export function latestServiceHealth(
  clocks: { asOf: Date | null; knownAt: Date | null },
  where: readonly RawBuilder<unknown>[],
): RawBuilder<unknown> {
  return sql`(
    select distinct on (h.province_code, h.system_code, h.vendor_code)
      h.province_code || ':' || h.system_code || ':' || h.vendor_code as id,
      h.province_code as province, h.system_code as system, h.vendor_code as vendor, h.source_id as source,
      h.uptime_percent as "uptimePercent", h.cpu_percent as "cpuPercent", h.memory_percent as "memoryPercent",
      h.traffic_mbps as "trafficMbps", h.alerts, h.measured_at as "measuredAt", h.recorded_at as "recordedAt",
      coalesce((h.detail->>'simulated')::boolean, false) as simulated
    from service_health h
    left join source_rank r on r.source_id = h.source_id and r.kind = 'serviceHealth'
    left join source s on s.id = h.source_id
    where ${allOf([
      sql`h.measured_at <= ${clocks.asOf ?? 'infinity'}::timestamptz`,
      sql`h.recorded_at <= ${clocks.knownAt ?? 'infinity'}::timestamptz`,
      ...where,
    ])}
    order by h.province_code, h.system_code, h.vendor_code, coalesce(r.rank, s.default_rank, 100), h.measured_at desc,
      h.source_id
  )`;
}

export function readLatestServiceHealth(
  reader: Reader,
  clocks: { asOf: Date | null; knownAt: Date | null },
  where: readonly RawBuilder<unknown>[],
): Promise<ServiceHealthRow[]> {
  return reader.rows<ServiceHealthRow>(sql`select * from ${latestServiceHealth(clocks, where)} as latest order by id`);
}
