import { type RawBuilder, sql } from 'kysely';
import { measurementKinds } from '../../../../schema/kinds/measurements.ts';
import { allOf } from './keyset-page.ts';
import { admitted, type MeasuredRow, measuredColumns, type ReadAt, standing, standingJoins } from './measured.ts';
import type { Reader } from './reader.ts';

export interface DossierRow extends MeasuredRow {
  province: string;
  /** Empty: the province as a whole. */
  commune: string;
  procedure: string;
  day: Date;
  received: number;
  online: number;
  onTime: number;
  overdue: number;
}

const kind = measurementKinds.dossierStatistics;
const DAY_OVER = sql`m.day + interval '1 day'`;

/** Columns of {@link DossierRow}, of the table under the alias `m`. */
export const dossierColumns = measuredColumns(kind);

/**
 * Conditions under which a row `m` is the one that is shown of its commune, procedure and day: of the source of the lowest
 * rank, as told last. Each row is judged by itself, so a page of a day of millions reads no more than the page; and where
 * one source alone speaks of a province and day, as nearly everywhere, it is only asked whether it was corrected.
 */
export function chosenDossiers(clocks: ReadAt): RawBuilder<unknown>[] {
  const told = (alias: string) =>
    clocks.knownAt ? sql`and ${sql.raw(alias)}.recorded_at <= ${clocks.knownAt}::timestamptz` : sql``;
  const isSame = (alias: string) => sql`${sql.raw(alias)}.province_code = m.province_code
    and ${sql.raw(alias)}.commune_code = m.commune_code and ${sql.raw(alias)}.procedure_code = m.procedure_code
    and ${sql.raw(alias)}.day = m.day`;
  return [
    ...admitted(clocks, DAY_OVER),
    sql`case when (m.province_code, m.day) in (
        select d.province_code, d.day from dossier_day d group by 1, 2 having min(d.source_id) <> max(d.source_id))
      then (m.source_id, m.revision) = (
        select c.source_id, c.revision from dossier_statistics c
        left join source_rank r on r.source_id = c.source_id and r.kind = ${kind.name}
        left join source s on s.id = c.source_id
        where ${isSame('c')} ${told('c')}
        order by coalesce(r.rank, s.default_rank, 100), c.source_id collate "C", c.revision desc limit 1)
      else not exists (
        select from dossier_statistics n
        where n.revision > 0 and n.revision > m.revision and n.source_id = m.source_id and ${isSame('n')} ${told('n')})
      end`,
  ];
}

/** How many communes, procedures and days there are figures of: as many as {@link chosenDossiers} leaves. */
export async function countDossiers(
  reader: Reader,
  clocks: ReadAt,
  where: readonly RawBuilder<unknown>[],
): Promise<number> {
  const [row] = await reader.rows<{ count: number }>(sql`
    select count(*) as count from (
      select distinct m.province_code, m.commune_code, m.procedure_code, m.day from dossier_statistics m
      where ${allOf([...admitted(clocks, DAY_OVER), ...where])}) as d`);
  return Number(row?.count ?? 0);
}

/** A province and day, added up. */
export interface DossierDayRow {
  id: string;
  province: string;
  day: Date;
  source: string;
  ofCommunes: boolean;
  received: number;
  online: number;
  onTime: number;
  overdue: number;
  rowCount: number;
  updatedAt: Date;
}

/**
 * What the hub shows of each province and day: the totals of the source of the lowest rank, those of the province as a
 * whole before those of its communes. `where` may use `m`.
 */
export function dossierDays(where: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql`(
    select distinct on (m.province_code, m.day)
      m.province_code || ':' || to_char(m.day at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as id,
      m.province_code as province, m.day, m.source_id as source, m.of_communes as "ofCommunes", m.received, m.online,
      m.on_time as "onTime", m.overdue, m.row_count as "rowCount", m.updated_at as "updatedAt"
    from dossier_day m ${standingJoins(kind)}
    where ${allOf(where)}
    order by m.province_code, m.day, ${standing}, m.of_communes
  )`;
}

export function readDossierDays(reader: Reader, where: readonly RawBuilder<unknown>[]): Promise<DossierDayRow[]> {
  return reader.rows(sql`select * from ${dossierDays(where)} as d order by d.id collate "C"`);
}
