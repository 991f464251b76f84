import { type Kysely, type RawBuilder, sql } from 'kysely';
import {
  entityColumns,
  type MeasurementColumn,
  type MeasurementKind,
  measurementColumns,
  valueColumns,
} from '../../schema/kinds/measurement-kind.ts';
import type { Measurement } from '../../schema/observation.ts';
import { type ToldMeasurement, toldRows } from './told-rows.ts';

export interface AppendContext {
  readonly sourceId: string;
  readonly recordedAt: Date;
  /** Hub clock: when the source said it, where a measurement does not say so itself. */
  readonly toldAt: Date;
  readonly runId: number | null;
}

const refs = (columns: readonly MeasurementColumn[], alias: string): RawBuilder<unknown>[] =>
  columns.map(({ column }) => sql`${sql.raw(alias)}.${sql.ref(column)}`);

/** The beginning of `insert into …` for a kind; what is selected after it has the columns in this order. */
const insertInto = (kind: MeasurementKind): RawBuilder<unknown> => sql`
  insert into ${sql.table(kind.table)} (${sql.join(measurementColumns(kind).map(({ column }) => sql.ref(column)))},
    source_id, revision, recorded_at, told_at, detail, run_id)`;

/** Rows from `d` with that revision. */
const stored = (
  kind: MeasurementKind,
  revision: RawBuilder<unknown>,
  context: AppendContext,
): RawBuilder<unknown> => sql`
  select ${sql.join(refs(measurementColumns(kind), 'd'))}, ${context.sourceId}::text, ${revision},
    ${context.recordedAt}::timestamptz, d.told_at, d.detail, ${context.runId}::bigint`;

/** Adds what the source has certainly never spoken of. */
export async function insertUnheard(
  db: Kysely<unknown>,
  kind: MeasurementKind,
  measurements: readonly ToldMeasurement[],
  context: AppendContext,
): Promise<void> {
  const told = toldRows(kind, measurements, context.toldAt);
  await sql`${insertInto(kind)} ${stored(kind, sql`0`, context)} from ${told} as d`.execute(db);
}

/**
 * The beginning of a statement (`with …`) that adds what a source says otherwise than before, as the next revision of
 * each row. What was told before the newest revision was is passed over, so a figure of yesterday that is read or tried
 * again does not take the place of today's; rows from before `told_at` was kept count as told when they were recorded.
 * `diff` then has the rows that were added: their columns and `detail`, and of what the source said before `had` (its
 * revision, null for what is new), `old_<value>` and `old_detail`. The caller holds the locks on the entities, so nobody
 * else adds to them meanwhile, and has made the partitions.
 */
export function appendDifferences(
  kind: MeasurementKind,
  measurements: readonly ToldMeasurement[],
  context: AppendContext,
): RawBuilder<unknown> {
  const values = valueColumns(kind);
  const old = values.map(({ column }) => sql`l.${sql.ref(column)} as ${sql.ref(`old_${column}`)}`);
  // One look per row, whatever the planner believes of a table that nobody has analysed yet.
  return sql`with diff as materialized (
    select t.*, l.revision as had, l.detail as old_detail, ${sql.join(old)}
    from ${toldRows(kind, measurements, context.toldAt)} as t left join lateral (
      select x.revision, x.detail, coalesce(x.told_at, x.recorded_at) as told_at, ${sql.join(refs(values, 'x'))} from ${sql.table(kind.table)} x
      where ${sameRow(kind, 'x', 't')} and x.source_id = ${context.sourceId}
      order by x.revision desc limit 1
    ) l on true
    where l.revision is null or (l.told_at <= t.told_at
      and (${sql.join(refs(values, 'l'))}) is distinct from (${sql.join(refs(values, 't'))}))
  ), added as (${insertInto(kind)} ${stored(kind, sql`coalesce(d.had + 1, 0)`, context)} from diff d)`;
}

/** Two aliases that speak of the same, whoever says it. */
export function sameRow(kind: MeasurementKind, one: string, other: string): RawBuilder<unknown> {
  const pairs = entityColumns(kind).map(
    ({ column }) => sql`${sql.raw(one)}.${sql.ref(column)} = ${sql.raw(other)}.${sql.ref(column)}`,
  );
  return sql.join(pairs, sql` and `);
}

/** Measurements of one kind, by whether the source has spoken before of the group that they fall into. */
export interface SortedMeasurements<Kind extends Measurement> {
  readonly heard: readonly Kind[];
  readonly unheard: readonly Kind[];
}

/**
 * Sorts out measurements of groups (all codes but the last, and the moments) of which the source has said nothing yet:
 * none of their rows needs to be looked up, which is the greater part of the work where all is new.
 */
export async function sortByGroup<Kind extends Measurement>(
  db: Kysely<unknown>,
  kind: MeasurementKind,
  measurements: readonly Kind[],
  sourceId: string,
): Promise<SortedMeasurements<Kind>> {
  const last = `${kind.key.at(-1)}_code`;
  const columns = entityColumns(kind).filter(({ column }) => column !== last);
  const groups = Map.groupBy(measurements, (measurement) => groupOf(measurement, kind));
  // Nearly as many groups as rows: looking these up is looking up the rows.
  if (groups.size * 4 > measurements.length) return { heard: measurements, unheard: [] };
  const all = [...groups.values()];
  const same = columns.map(({ column }) => sql`x.${sql.ref(column)} = t.${sql.ref(column)}`);
  const firsts = all.map(([first]) => first as Kind);
  // One answer a group, in their order: nothing in the statement could put the rows of `unnest` into another.
  const { rows } = await sql<{ heard: boolean }>`
    select exists (
      select from ${sql.table(kind.table)} x where ${sql.join(same, sql` and `)} and x.source_id = ${sourceId}
    ) as heard from ${toldRows(kind, firsts)} as t`.execute(db);
  return {
    heard: all.filter((_, index) => rows[index]?.heard).flat(),
    unheard: all.filter((_, index) => !rows[index]?.heard).flat(),
  };
}

function groupOf(measurement: Measurement, kind: MeasurementKind): string {
  const codes = measurement.key as Readonly<Record<string, string | undefined>>;
  const moments = measurement as unknown as Readonly<Record<string, Date>>;
  let group = '';
  for (const part of kind.key.slice(0, -1)) group += `${codes[part] ?? ''}:`;
  for (const time of kind.times) group += `${moments[time]?.getTime()}:`;
  return group;
}
