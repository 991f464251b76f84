import DataLoader from 'dataloader';
import { type RawBuilder, sql } from 'kysely';
import {
  chosenUsage,
  readLatestUsage,
  readUsageTotals,
  type UsageStatisticsRow,
  type UsageTotalRow,
} from '../../database/operations/read/usage-statistics.ts';
import type { Clocks } from './clocks.ts';
import { type MeasuredView, toMeasuredView } from './measured.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import { type Reading, remembered, scopeCondition } from './reading.ts';

export type UsageView = Omit<UsageStatisticsRow, 'source' | 'run'> & MeasuredView;

export interface UsageFilter {
  readonly units?: readonly string[] | null;
  readonly kinds?: readonly string[] | null;
  readonly provinces?: readonly string[] | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

export interface UsageTotalView extends UsageTotalRow {
  readonly clocks: Clocks;
}

function toView(row: UsageStatisticsRow, clocks: Clocks): UsageView {
  return toMeasuredView('usageStatistics', row, clocks);
}

/** Use by each unit in each period. */
export function pageOfUsage(
  reading: Reading,
  args: PageArguments & { filter?: UsageFilter | null; orderBy?: readonly string[] | null },
  clocks: Clocks,
): Promise<Page<UsageView>> {
  const where = [sql`not u.total`, ...conditions(reading, args.filter ?? {})];
  return pageOf<UsageStatisticsRow, UsageView>(
    reading.reader,
    {
      columns: sql`s.*`,
      from: sql`${chosenUsage(clocks, where)} as s`,
      where: [],
      fields: {
        UNIT: { expression: sql`s.unit`, as: 'text' },
        PROVINCE: { expression: sql`coalesce(s.province, '')`, as: 'text' },
        PERIOD: { expression: sql`extract(epoch from s."periodStart") * 1000000`, as: 'bigint' },
        USERS: { expression: sql`s.users`, as: 'bigint' },
        LOGINS: { expression: sql`s.logins`, as: 'bigint' },
      },
      tie: { expression: sql`s.id`, as: 'text', descending: false },
    },
    args,
    (row) => toView(row, clocks),
  );
}

/** The use that passes the filter, all of it. */
export async function readUsage(reading: Reading, filter: UsageFilter | null, clocks: Clocks): Promise<UsageView[]> {
  const where = [sql`not u.total`, ...conditions(reading, filter ?? {})];
  const rows = await reading.reader.rows<UsageStatisticsRow>(sql`
    select * from ${chosenUsage(clocks, where)} as s order by s.id collate "C"`);
  return rows.map((row) => toView(row, clocks));
}

/** The latest period of each of the units that a province was formed from; one statement for all that are asked for. */
export function usageOfProvince(reading: Reading, province: string, clocks: Clocks): Promise<UsageView[]> {
  const loader = remembered(reading, `usage:${clocks.key}`, () => {
    return new DataLoader<string, UsageView[]>(async (provinces) => {
      const where = [sql`u.province_code = any(${[...provinces]}::text[])`, ...scope(reading)];
      const rows = await readLatestUsage(reading.reader, clocks, where);
      const byProvince = Map.groupBy(rows, (row) => row.province);
      return provinces.map((code) => (byProvince.get(code) ?? []).map((row) => toView(row, clocks)));
    });
  });
  return loader.load(province);
}

const GROUPS = { KIND: ['kind'], PROVINCE: ['province'], PERIOD: ['periodStart', 'periodEnd'] } as const;
export type UsageGroup = keyof typeof GROUPS;

/**
 * Use added up by what is asked to group by; one statement. The totals that sources state are compared with sums over
 * all units of a kind, so they are left out where provinces or some units only are asked for, or may be seen.
 */
export async function usageTotals(
  reading: Reading,
  args: { groupBy: readonly UsageGroup[]; filter?: UsageFilter | null },
  clocks: Clocks,
): Promise<UsageTotalView[]> {
  const filter = args.filter ?? {};
  const groupBy = [...new Set(args.groupBy)].flatMap((group) => GROUPS[group]);
  const isPart = filter.units || filter.provinces || reading.rights.provinces || args.groupBy.includes('PROVINCE');
  const where = [...conditions(reading, filter), ...(isPart ? [sql`not u.total`] : [])];
  const rows = await readUsageTotals(reading.reader, chosenUsage(clocks, where), groupBy);
  return rows.map((row) => ({ ...row, clocks }));
}

/** Central bodies are of no province, so everyone may see them. */
const scope = ({ rights }: Reading): RawBuilder<unknown>[] => scopeCondition(rights, sql`u.province_code`, true);

function conditions(reading: Reading, filter: UsageFilter): RawBuilder<unknown>[] {
  const { reference } = reading;
  const where = scope(reading);
  if (filter.units) where.push(sql`m.unit_code = any(${reference.codes('Unit', filter.units)}::text[])`);
  if (filter.kinds) where.push(sql`u.kind = any(${[...filter.kinds]}::text[])`);
  if (filter.provinces)
    where.push(sql`u.province_code = any(${reference.codes('Province', filter.provinces)}::text[])`);
  if (filter.from) where.push(sql`m.period_start >= ${filter.from}::timestamptz`);
  if (filter.to) where.push(sql`m.period_end <= ${filter.to}::timestamptz`);
  return where;
}
