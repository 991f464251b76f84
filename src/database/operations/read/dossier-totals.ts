import { type RawBuilder, sql } from 'kysely';
import { measurementKinds } from '../../../../schema/kinds/measurements.ts';
import { dossierDays } from './dossiers.ts';
import { allOf } from './keyset-page.ts';
import { admitted, type ReadAt, standing, standingJoins } from './measured.ts';

export interface DossierTotalRow {
  /** The groups, joined by `:`. */
  id: string;
  province: string | null;
  commune: string | null;
  procedure: string | null;
  day: Date | null;
  received: number;
  online: number;
  onTime: number;
  overdue: number;
  rowCount: number;
  /** Who says it, by their codes. */
  sources: string[];
}

export type DossierGroupColumn = 'province' | 'commune' | 'procedure' | 'day';

export interface TotalsQuery {
  readonly groupBy: readonly DossierGroupColumn[];
  readonly clocks: ReadAt;
  /** Conditions on province and day, over `m`. */
  readonly where: readonly RawBuilder<unknown>[];
  /** Conditions on communes and procedures, over `m`. */
  readonly within: readonly RawBuilder<unknown>[];
  /** Whether figures of communes only are asked for; those of whole provinces are then no part of it. */
  readonly ofCommunes: boolean;
}

const kind = measurementKinds.dossierStatistics;

/** Totals by group. What the totals of days answer is read from them; the rest adds up the rows. */
export function dossierTotals(query: TotalsQuery): RawBuilder<unknown> {
  const needsRows =
    query.clocks.knownAt !== null ||
    query.ofCommunes ||
    query.within.length > 0 ||
    query.groupBy.some((group) => group === 'commune' || group === 'procedure');
  return needsRows
    ? addedUp(rowsOf(query), query.groupBy, sql`1`)
    : addedUp(daysOf(query), query.groupBy, sql`f."rowCount"`);
}

function addedUp(
  from: RawBuilder<unknown>,
  groupBy: readonly DossierGroupColumn[],
  count: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const columns = (['province', 'commune', 'procedure', 'day'] as const).map((group) => {
    const none = group === 'day' ? sql`null::timestamptz` : sql`null::text`;
    return sql`${groupBy.includes(group) ? sql`f.${sql.ref(group)}` : none} as ${sql.ref(group)}`;
  });
  const sums = (['received', 'online', 'onTime', 'overdue'] as const).map(
    (name) => sql`coalesce(sum(f.${sql.ref(name)}), 0)::bigint as ${sql.ref(name)}`,
  );
  const groups = groupBy.map((group) => sql`f.${sql.ref(group)}`);
  const names = groupBy.map((group) =>
    group === 'day' ? sql`extract(epoch from f.day)::bigint` : sql`f.${sql.ref(group)}`,
  );
  return sql`(
    select ${groups.length > 0 ? sql`concat_ws(':', ${sql.join(names)})` : sql`''::text`} as id, ${sql.join(columns)},
      ${sql.join(sums)}, coalesce(sum(${count}), 0)::bigint as "rowCount",
      coalesce(array_agg(distinct f.source collate "C"), '{}') as sources
    from ${from} as f ${groups.length > 0 ? sql`group by ${sql.join(groups)}` : sql``}
  )`;
}

function daysOf({ clocks, where }: TotalsQuery): RawBuilder<unknown> {
  return dossierDays([...admitted({ ...clocks, knownAt: null }, sql`m.day + interval '1 day'`), ...where]);
}

/**
 * The rows that count: of each province and day those of one source and of one level, as it told them last. Corrections
 * are few, so what they replace is sought among them only.
 */
function rowsOf({ clocks, where, within, ofCommunes }: TotalsQuery): RawBuilder<unknown> {
  const over = admitted({ ...clocks, knownAt: null }, sql`m.day + interval '1 day'`);
  const told = clocks.knownAt ? [sql`m.recorded_at <= ${clocks.knownAt}::timestamptz`] : [];
  const replaced = clocks.knownAt ? sql`and n.recorded_at <= ${clocks.knownAt}::timestamptz` : sql``;
  const level = ofCommunes ? [sql`m.of_communes`] : [];
  const spoken = clocks.knownAt
    ? sql`(select distinct m.province_code, m.day, m.source_id, m.commune_code <> '' as of_communes
        from dossier_statistics m where ${allOf([...over, ...told, ...where])})`
    : sql`dossier_day`;
  return sql`(
    select m.province_code as province, nullif(m.commune_code, '') as commune, m.procedure_code as procedure, m.day,
      m.source_id as source, m.received, m.online, m.on_time as "onTime", m.overdue
    from (
      select distinct on (m.province_code, m.day) m.province_code, m.day, m.source_id, m.of_communes
      from ${spoken} m ${standingJoins(kind)}
      where ${allOf([...over, ...where, ...level])}
      order by m.province_code, m.day, ${standing}, m.of_communes
    ) as c
    join dossier_statistics m on m.province_code = c.province_code and m.day = c.day and m.source_id = c.source_id
      and (m.commune_code <> '') = c.of_communes
    where ${allOf([...over, ...told, ...where, ...within])} and not exists (
      select from dossier_statistics n
      where n.revision > 0 and n.revision > m.revision and n.province_code = m.province_code
        and n.commune_code = m.commune_code and n.procedure_code = m.procedure_code and n.source_id = m.source_id
        and n.day = m.day ${replaced}))`;
}
