import { type RawBuilder, sql } from 'kysely';
import { measurementKinds } from '../../../../schema/kinds/measurements.ts';
import { allOf } from './keyset-page.ts';
import { admitted, type MeasuredRow, measuredColumns, type ReadAt, standing, standingJoins } from './measured.ts';
import type { Reader } from './reader.ts';

export interface UsageFigures {
  users: number;
  logins: number;
  documentsIn: number;
  documentsOut: number;
  documentsPassedOn: number;
}

export interface UsageStatisticsRow extends UsageFigures, MeasuredRow {
  unit: string;
  periodStart: Date;
  periodEnd: Date;
}

const measured = measurementKinds.usageStatistics;

/**
 * The figures of each unit and period, among those that the clocks admit: of a period that was over, as told by then.
 * Where several sources give them, those of the lower rank. `where` may use `m` (measurements) and `u` (units); the
 * totals that sources state (`u.total`) are among them unless it leaves them out.
 */
export function chosenUsage(clocks: ReadAt, where: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql`(
    select distinct on (m.unit_code, m.period_start, m.period_end) ${measuredColumns(measured)},
      u.kind, u.province_code as province, u.total
    from usage_statistics m join unit u on u.code = m.unit_code ${standingJoins(measured)}
    where ${allOf([...admitted(clocks, sql`m.period_end`), ...where])}
    order by m.unit_code, m.period_start, m.period_end, ${standing}, m.revision desc
  )`;
}

/** Of each unit the figures of its latest period. */
export function readLatestUsage(
  reader: Reader,
  clocks: ReadAt,
  where: readonly RawBuilder<unknown>[],
): Promise<(UsageStatisticsRow & { province: string | null })[]> {
  return reader.rows(sql`
    select * from (
      select c.*, max(c."periodEnd") over (partition by c.unit) as latest from ${chosenUsage(clocks, where)} as c
    ) as s where s."periodEnd" = s.latest order by s.id`);
}

export interface UsageTotalRow extends UsageFigures {
  kind?: string;
  province?: string | null;
  periodStart?: Date;
  periodEnd?: Date;
  unitCount: number;
  /** Who says it, by their codes. */
  sources: string[];
  /** What the sources state as totals; null where they state none. */
  stated: UsageFigures | null;
}

const FIGURES = ['users', 'logins', 'documentsIn', 'documentsOut', 'documentsPassedOn'] as const;

/** The figures added up by the columns given; what sources state as totals stands beside the sums and is in none of them. */
export function readUsageTotals(
  reader: Reader,
  usage: RawBuilder<unknown>,
  groupBy: readonly ('kind' | 'province' | 'periodStart' | 'periodEnd')[],
): Promise<UsageTotalRow[]> {
  const groups = groupBy.map((column) => sql.ref(`s.${column}`));
  const stated = FIGURES.flatMap((name) => [sql.lit(name), sql`sum(${sql.ref(`s.${name}`)}) filter (where s.total)`]);
  return reader.rows(sql`
    select ${sql.join([
      ...groups,
      sql`(count(distinct s.unit) filter (where not s.total))::int as "unitCount"`,
      ...FIGURES.map(
        (name) => sql`coalesce(sum(${sql.ref(`s.${name}`)}) filter (where not s.total), 0)::bigint as ${sql.ref(name)}`,
      ),
      sql`coalesce(array_agg(distinct s.source collate "C"), '{}') as sources`,
      sql`case when count(*) filter (where s.total) > 0 then jsonb_build_object(${sql.join(stated)}) end as stated`,
    ])}
    from ${usage} as s
    ${groups.length > 0 ? sql`group by ${sql.join(groups)} order by ${sql.join(groups)}` : sql``}`);
}
