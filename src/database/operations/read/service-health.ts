import { type RawBuilder, sql } from 'kysely';
import { measurementKinds } from '../../../../schema/kinds/measurements.ts';
import { allOf } from './keyset-page.ts';
import { admitted, type MeasuredRow, measuredColumns, type ReadAt, standing, standingJoins } from './measured.ts';
import type { Reader } from './reader.ts';

export interface ServiceHealthRow extends MeasuredRow {
  province: string;
  system: string;
  vendor: string;
  uptimePercent: number;
  cpuPercent: number;
  memoryPercent: number;
  trafficMbps: number;
  alerts: number;
  measuredAt: Date;
}

const kind = measurementKinds.serviceHealth;

/**
 * The latest measurement of each system of a province by each vendor, among those that the clocks admit; where several
 * sources tell of the same moment, the one of the lower rank. A source that fell silent hides nobody: of measurements only
 * their moment says how old they are. `where` may use `m`.
 */
export function latestServiceHealth(clocks: ReadAt, where: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return chosen(clocks, where, sql``, sql`m.measured_at desc, ${standing}`);
}

/** Every measurement, of each moment the one of the source of the lowest rank. */
export function allServiceHealth(clocks: ReadAt, where: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return chosen(clocks, where, sql`, m.measured_at`, standing);
}

function chosen(
  clocks: ReadAt,
  where: readonly RawBuilder<unknown>[],
  alsoDistinct: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const distinct = sql`m.province_code, m.system_code, m.vendor_code${alsoDistinct}`;
  return sql`(
    select distinct on (${distinct}) ${measuredColumns(kind)}
    from service_health m ${standingJoins(kind)}
    where ${allOf([...admitted(clocks, sql`m.measured_at`), ...where])}
    order by ${distinct}, ${order}, m.revision desc
  )`;
}

export function readLatestServiceHealth(
  reader: Reader,
  clocks: ReadAt,
  where: readonly RawBuilder<unknown>[],
): Promise<ServiceHealthRow[]> {
  return reader.rows<ServiceHealthRow>(sql`
    select * from ${latestServiceHealth(clocks, where)} as latest order by id collate "C"`);
}
