import DataLoader from 'dataloader';
import { sql } from 'kysely';
import {
  latestServiceHealth,
  readLatestServiceHealth,
  type ServiceHealthRow,
} from '../../database/operations/read/service-health.ts';
import type { Clocks } from './clocks.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import { type Reading, remembered, scopeCondition } from './reading.ts';

export interface ServiceHealthView extends Omit<ServiceHealthRow, 'province' | 'system' | 'vendor' | 'source'> {
  readonly codes: {
    readonly province: string;
    readonly system: string;
    readonly vendor: string;
    readonly source: string;
  };
  readonly clocks: Clocks;
}

export interface ServiceHealthFilter {
  readonly provinces?: readonly string[] | null;
  readonly systems?: readonly string[] | null;
  readonly vendors?: readonly string[] | null;
}

function toView(row: ServiceHealthRow, clocks: Clocks): ServiceHealthView {
  const { province, system, vendor, source, ...rest } = row;
  return { ...rest, codes: { province, system, vendor, source }, clocks };
}

/** The latest measurement of each system of a province by each vendor. */
export function pageOfServiceHealth(
  reading: Reading,
  args: PageArguments & { filter?: ServiceHealthFilter | null; orderBy?: readonly string[] | null },
  clocks: Clocks,
): Promise<Page<ServiceHealthView>> {
  const { reference, rights } = reading;
  const filter = args.filter ?? {};
  const where = scopeCondition(rights, sql`h.province_code`);
  if (filter.provinces)
    where.push(sql`h.province_code = any(${reference.codes('Province', filter.provinces)}::text[])`);
  if (filter.systems) where.push(sql`h.system_code = any(${reference.codes('System', filter.systems)}::text[])`);
  if (filter.vendors) where.push(sql`h.vendor_code = any(${reference.codes('Vendor', filter.vendors)}::text[])`);
  return pageOf<ServiceHealthRow, ServiceHealthView>(
    reading.reader,
    {
      columns: sql`s.*`,
      from: sql`${latestServiceHealth(clocks, where)} as s`,
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

/** The latest measurements of a system of a province, by all of its vendors; one statement for all that are asked for. */
export function serviceHealthOf(
  reading: Reading,
  of: { province: string; system?: string },
  clocks: Clocks,
): Promise<ServiceHealthView[]> {
  const loader = remembered(reading, `health:${clocks.key}`, () => {
    return new DataLoader<string, ServiceHealthView[]>(async (provinces) => {
      const where = [
        sql`h.province_code = any(${[...provinces]}::text[])`,
        ...scopeCondition(reading.rights, sql`h.province_code`),
      ];
      const views = (await readLatestServiceHealth(reading.reader, clocks, where)).map((row) => toView(row, clocks));
      return provinces.map((province) => views.filter((view) => view.codes.province === province));
    });
  });
  return loader
    .load(of.province)
    .then((views) => (of.system ? views.filter((view) => view.codes.system === of.system) : views));
}
