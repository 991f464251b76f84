import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { MeasurementKind } from '../../schema/kinds/measurement-kind.ts';
import { measurementKinds } from '../../schema/kinds/measurements.ts';
import type { DossierStatisticsMeasurement } from '../../schema/observation.ts';
import { type AppendContext, appendDifferences, insertUnheard, sortByGroup } from './append-measurements.ts';
import { currentStanding, pendingOf, type Standing } from './measured-changes.ts';

const kind: MeasurementKind = measurementKinds.dossierStatistics;

/** By how much the rows that were added alter what the source says of a province and day. */
interface Delta {
  province: string;
  day: string;
  ofCommunes: boolean;
  accepted: number;
  rowCount: number;
  received: number;
  online: number;
  onTime: number;
  overdue: number;
}

/**
 * Appends dossier figures, keeps the totals of each source, province and day with them, and adds a pending change for
 * each province and day of which the hub now shows other totals.
 */
export async function appendDossiers(
  db: Kysely<unknown>,
  measurements: readonly DossierStatisticsMeasurement[],
  context: AppendContext & { readonly offset: number },
): Promise<{ accepted: number; changes: number }> {
  const { heard, unheard } = await sortByGroup(db, kind, measurements, context.sourceId);
  if (unheard.length > 0) await insertUnheard(db, kind, unheard, context);
  const deltas = addUp(unheard);
  if (heard.length > 0) deltas.push(...(await appendHeard(db, heard, context)));
  if (deltas.length === 0) return { accepted: 0, changes: 0 };
  const changes = await addToDays(db, deltas, context);
  return { accepted: deltas.reduce((sum, { accepted }) => sum + accepted, 0), changes };
}

/** Of rows that are all new. */
function addUp(measurements: readonly DossierStatisticsMeasurement[]): Delta[] {
  const deltas = new Map<string, Delta>();
  for (const { key, day, values } of measurements) {
    const place = `${key.province}:${day.getTime()}:${key.commune ? 'c' : 'p'}`;
    let delta = deltas.get(place);
    if (!delta) {
      const none = { accepted: 0, rowCount: 0, received: 0, online: 0, onTime: 0, overdue: 0 };
      delta = { province: key.province, day: day.toISOString(), ofCommunes: Boolean(key.commune), ...none };
      deltas.set(place, delta);
    }
    delta.accepted += 1;
    delta.rowCount += 1;
    delta.received += values.received;
    delta.online += values.online;
    delta.onTime += values.onTime;
    delta.overdue += values.overdue;
  }
  return [...deltas.values()];
}

async function appendHeard(
  db: Kysely<unknown>,
  measurements: readonly DossierStatisticsMeasurement[],
  context: AppendContext,
): Promise<Delta[]> {
  const grown = (column: string) =>
    sql`sum(${sql.ref(`d.${column}`)} - coalesce(${sql.ref(`d.old_${column}`)}, 0))::float8`;
  const { rows } = await sql<Delta>`
    ${appendDifferences(kind, measurements, context)}
    select d.province_code as province, d.day::text as day, d.commune_code <> '' as "ofCommunes",
      count(*)::int as accepted, (count(*) filter (where d.had is null))::int as "rowCount",
      ${grown('received')} as received, ${grown('online')} as online, ${grown('on_time')} as "onTime",
      ${grown('overdue')} as overdue
    from diff d group by 1, d.day, 3`.execute(db);
  return rows;
}

/** What the hub shows of a province and day is what the source of the best rank says: of the whole before its communes. */
const chosenOf = (relation: string, { rank, joins }: Standing = currentStanding) => sql`(
  select distinct on (t.province_code, t.day) t.province_code, t.day, jsonb_build_object('received', t.received,
    'online', t.online, 'onTime', t.on_time, 'overdue', t.overdue, 'rowCount', t.row_count,
    'ofCommunes', t.of_communes, 'source', t.source_id) as shown
  from ${sql.ref(relation)} t ${joins(kind, sql`t.source_id`)}
  order by t.province_code, t.day, ${rank}, t.source_id collate "C", t.of_communes)`;

async function addToDays(
  db: Kysely<unknown>,
  deltas: readonly Delta[],
  context: AppendContext & { readonly offset: number },
): Promise<number> {
  const { rows } = await sql<{ changes: number }>`
    with delta as (
      select province as province_code, day, ${context.sourceId}::text as source_id, "ofCommunes" as of_communes,
        "rowCount" as row_count, received, online, "onTime" as on_time, overdue
      from jsonb_to_recordset(${JSON.stringify(deltas)}::jsonb) as d(province text, day timestamptz, "ofCommunes" boolean,
        "rowCount" bigint, received bigint, online bigint, "onTime" bigint, overdue bigint)
    ), stored as (
      select t.province_code, t.day, t.source_id, t.of_communes, t.row_count, t.received, t.online, t.on_time, t.overdue
      from dossier_day t where (t.province_code, t.day) in (select province_code, day from delta)
    ), summed as (
      select province_code, day, source_id, of_communes, sum(row_count)::bigint as row_count,
        sum(received)::bigint as received, sum(online)::bigint as online, sum(on_time)::bigint as on_time,
        sum(overdue)::bigint as overdue
      from (select * from stored union all select * from delta) as both_of_them
      group by province_code, day, source_id, of_communes
    ), kept as (
      insert into dossier_day (province_code, day, source_id, of_communes, row_count, received, online, on_time, overdue,
        updated_at)
      select t.*, ${context.recordedAt}::timestamptz from summed t
      where (t.province_code, t.day, t.source_id, t.of_communes)
        in (select province_code, day, source_id, of_communes from delta)
      on conflict (province_code, day, source_id, of_communes) do update set row_count = excluded.row_count,
        received = excluded.received, online = excluded.online, on_time = excluded.on_time, overdue = excluded.overdue,
        updated_at = excluded.updated_at
    ), compared as (${compared(chosenOf('summed'), chosenOf('stored'))}),
    pending as (${pendingOf(kind, context.offset)})
    select count(*)::int as changes from pending`.execute(db);
  return rows[0]?.changes ?? 0;
}

/** The days of which something is shown now, beside what was shown before. */
const compared = (now: RawBuilder<unknown>, before: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select n.province_code || ':' || to_char(n.day at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as id,
    n.province_code, null::text as system_code, b.shown as before, n.shown as after
  from ${now} n left join ${before} b using (province_code, day)`;

/** Adds a pending change for each province and day whose totals are shown of another source than by the former standing. */
export async function addRerankedDays(db: Kysely<unknown>, former: Standing, offset: number): Promise<number> {
  const { rows } = await sql<{ changes: number }>`
    with compared as (${compared(chosenOf('dossier_day'), chosenOf('dossier_day', former))}),
    pending as (${pendingOf(kind, offset)})
    select count(*)::int as changes from pending`.execute(db);
  return rows[0]?.changes ?? 0;
}
