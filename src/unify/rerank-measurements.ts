import { type Kysely, type RawBuilder, sql } from 'kysely';
import { entityColumns, type MeasurementKind, valueColumns } from '../../schema/kinds/measurement-kind.ts';
import { measurementKinds } from '../../schema/kinds/measurements.ts';
import { sameRow } from './append-measurements.ts';
import { addRerankedDays } from './dossier-days.ts';
import { currentStanding, idOf, pendingOf, placeOf, type Standing, side } from './measured-changes.ts';
import { preparePendingChanges } from './pending-changes.ts';

/** The rank that a source had for a kind. */
export interface FormerRank {
  readonly source: string;
  readonly kind: string;
  readonly rank: number;
}

const KINDS: readonly MeasurementKind[] = Object.values(measurementKinds).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Keeps everybody else from writing measurements; in the order in which they are written, so that nobody waits in a ring. */
export async function lockMeasurements(db: Kysely<unknown>): Promise<void> {
  const tables = KINDS.flatMap(({ name, table }) => (name === 'dossierStatistics' ? [table, 'dossier_day'] : [table]));
  const all = sql.join(tables.map((table) => sql.table(table)));
  await sql`lock table ${all} in share row exclusive mode`.execute(db);
}

/**
 * Adds a pending change for all measurements of which another source is shown than by the former ranks; gives their
 * number. The caller holds {@link lockMeasurements}.
 */
export async function addRerankedMeasurements(
  db: Kysely<unknown>,
  formerRanks: readonly FormerRank[],
): Promise<number> {
  await preparePendingChanges(db);
  const former = standingBy(formerRanks);
  let count = 0;
  for (const kind of KINDS) {
    count +=
      kind.name === 'dossierStatistics'
        ? await addRerankedDays(db, former, count)
        : await addRerankedRows(db, kind, former, count);
  }
  return count;
}

function standingBy(ranks: readonly FormerRank[]): Standing {
  return {
    rank: sql`coalesce(f.rank, 100)`,
    joins: (kind, source) => sql`left join jsonb_to_recordset(${JSON.stringify(ranks)}::jsonb)
      as f(source text, kind text, rank int) on f.source = ${source} and f.kind = ${kind.name}`,
  };
}

/** Of a kind in which every row is an entity of the log. */
async function addRerankedRows(
  db: Kysely<unknown>,
  kind: MeasurementKind,
  former: Standing,
  offset: number,
): Promise<number> {
  const entity = (alias: string) =>
    sql.join(entityColumns(kind).map(({ column }) => sql`${sql.raw(alias)}.${sql.ref(column)}`));
  const columns = sql.join(
    [...entityColumns(kind), ...valueColumns(kind)].map(({ column }) => sql`x.${sql.ref(column)}`),
  );
  const chosen = ({ rank, joins }: Standing): RawBuilder<unknown> => sql`
    select distinct on (${entity('t')}) t.* from newest t ${joins(kind, sql`t.source_id`)}
    order by ${entity('t')}, ${rank}, t.source_id collate "C"`;
  const of = (alias: string) => (name: string) => sql`${sql.raw(alias)}.${sql.ref(name)}`;
  const { rows } = await sql<{ changes: number }>`
    with contested as (
      select ${entity('x')} from ${sql.table(kind.table)} x group by ${entity('x')}
      having min(x.source_id) <> max(x.source_id)
    ), newest as (
      select distinct on (${entity('x')}, x.source_id) ${columns}, x.detail, x.source_id
      from ${sql.table(kind.table)} x join contested k on ${sameRow(kind, 'x', 'k')}
      order by ${entity('x')}, x.source_id, x.revision desc
    ), d as (${chosen(currentStanding)}), o as (${chosen(former)}),
    compared as (
      select ${idOf(kind)} as id, ${placeOf(kind)}, ${side(kind, of('o'), sql`o.source_id`)} as before,
        ${side(kind, of('d'), sql`d.source_id`)} as after
      from d join o on ${sameRow(kind, 'd', 'o')} where d.source_id <> o.source_id
    ), pending as (${pendingOf(kind, offset)})
    select count(*)::int as changes from pending`.execute(db);
  return rows[0]?.changes ?? 0;
}
