import DataLoader from 'dataloader';
import { type RawBuilder, sql } from 'kysely';
import {
  allServiceHealth,
  latestServiceHealth,
  readLatestServiceHealth,
  type ServiceHealthRow,
} from '../../database/operations/read/service-health.ts';
import type { Clocks } from './clocks.ts';
import { type MeasuredView, toMeasuredView } from './measured.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import { type Reading, remembered, scopeCondition } from './reading.ts';

export type ServiceHealthView = Omit<ServiceHealthRow, 'source' | 'run'> & MeasuredView;

export interface ServiceHealthFilter {
  readonly provinces?: readonly string[] | null;
  readonly systems?: readonly string[] | null;
  readonly vendors?: readonly string[] | null;
}

export interface ServiceHealthHistoryFilter extends ServiceHealthFilter {
  readonly measuredSince?: Date | null;
  readonly measuredUntil?: Date | null;
}

type HealthArguments<Filter> = PageArguments & { filter?: Filter | null; orderBy?: readonly string[] | null };

const toView = (row: ServiceHealthRow, clocks: Clocks): ServiceHealthView =>
  toMeasuredView('serviceHealth', row, clocks);

/** Conditions that leave what the filter asks for and the caller may see. */
function conditions({ reference, rights }: Reading, filter: ServiceHealthFilter): RawBuilder<unknown>[] {
  const where = scopeCondition(rights, sql`m.province_code`);
  if (filter.provinces)
    where.push(sql`m.province_code = any(${reference.codes('Province', filter.provinces)}::text[])`);
  if (filter.systems) where.push(sql`m.system_code = any(${reference.codes('System', filter.systems)}::text[])`);
  if (filter.vendors) where.push(sql`m.vendor_code = any(${reference.codes('Vendor', filter.vendors)}::text[])`);
  return where;
}

function pageFrom(
  reading: Reading,
  from: RawBuilder<unknown>,
  args: HealthArguments<unknown>,
  clocks: Clocks,
): Promise<Page<ServiceHealthView>> {
  return pageOf<ServiceHealthRow, ServiceHealthView>(
    reading.reader,
    {
      columns: sql`s.*`,
      from: sql`${from} as s`,
      where: [],
      fields: {
        PROVINCE: { expression: sql`s.province`, as: 'text' },
        UPTIME: { expression: sql`s."uptimePercent" * 1000000`, as: 'bigint' },
        MEASURED_AT: { expression: sql`extract(epoch from s."measuredAt") * 1000000`, as: 'bigint' },
      },
      tie: { expression: sql`s.id`, as: 'text', descending: false },
    },
    args,
    (row) => toView(row, clocks),
  );
}

/** The latest measurement of each system of a province by each vendor. */
export function pageOfServiceHealth(
  reading: Reading,
  args: HealthArguments<ServiceHealthFilter>,
  clocks: Clocks,
): Promise<Page<ServiceHealthView>> {
  return pageFrom(reading, latestServiceHealth(clocks, conditions(reading, args.filter ?? {})), args, clocks);
}

/** Every measurement, so that a run of days can be read. */
export function pageOfServiceHealthHistory(
  reading: Reading,
  args: HealthArguments<ServiceHealthHistoryFilter>,
  clocks: Clocks,
): Promise<Page<ServiceHealthView>> {
  const { measuredSince, measuredUntil, ...filter } = args.filter ?? {};
  const where = conditions(reading, filter);
  if (measuredSince) where.push(sql`m.measured_at >= ${measuredSince}::timestamptz`);
  if (measuredUntil) where.push(sql`m.measured_at < ${measuredUntil}::timestamptz`);
  return pageFrom(reading, allServiceHealth(clocks, where), args, clocks);
}

/** The latest measurements that pass the filter, all of them. */
export async function readServiceHealth(
  reading: Reading,
  filter: ServiceHealthFilter | null,
  clocks: Clocks,
): Promise<ServiceHealthView[]> {
  const rows = await readLatestServiceHealth(reading.reader, clocks, conditions(reading, filter ?? {}));
  return rows.map((row) => toView(row, clocks));
}

/** The latest measurements of a system of a province, by all of its vendors; one statement for all that are asked for. */
export function serviceHealthOf(
  reading: Reading,
  of: { province: string; system?: string },
  clocks: Clocks,
): Promise<ServiceHealthView[]> {
  const loader = remembered(reading, `health:${clocks.key}`, () => {
    return new DataLoader<string, ServiceHealthView[]>(async (provinces) => {
      const where = [
        sql`m.province_code = any(${[...provinces]}::text[])`,
        ...scopeCondition(reading.rights, sql`m.province_code`),
      ];
      const views = (await readLatestServiceHealth(reading.reader, clocks, where)).map((row) => toView(row, clocks));
      return provinces.map((province) => views.filter((view) => view.codes.province === province));
    });
  });
  return loader
    .load(of.province)
    .then((views) => (of.system ? views.filter((view) => view.codes.system === of.system) : views));
}
