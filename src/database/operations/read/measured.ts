import { type RawBuilder, sql } from 'kysely';
import { entityColumns, type MeasurementKind, valueColumns } from '../../../../schema/kinds/measurement-kind.ts';
import type { Reader } from './reader.ts';

/** What every row of measurements is read with, beside its codes, moments and figures by their names. */
export interface MeasuredRow {
  /** Codes and moments, as `measurementId` joins them. */
  id: string;
  source: string;
  recordedAt: Date;
  document: string | null;
  simulated: boolean;
  inferred: boolean;
  run: number | null;
}

export interface ReadAt {
  readonly asOf: Date | null;
  readonly knownAt: Date | null;
}

/** The columns of {@link MeasuredRow} and of the kind, of the table under the alias `m`. */
export function measuredColumns(kind: MeasurementKind): RawBuilder<unknown> {
  const entity = entityColumns(kind);
  const parts = entity.map(({ column, type }) =>
    type === 'timestamptz' ? sql`(extract(epoch from m.${sql.ref(column)}) * 1000)::bigint` : sql`m.${sql.ref(column)}`,
  );
  const named = [...entity, ...valueColumns(kind)].map(({ column, of }) => sql`m.${sql.ref(column)} as ${sql.ref(of)}`);
  return sql`concat_ws(':', ${sql.join(parts)}) as id, ${sql.join(named)}, ${ORIGIN}`;
}

const ORIGIN = sql`m.source_id as source, m.recorded_at as "recordedAt", m.detail->>'document' as document,
  coalesce((m.detail->>'simulated')::boolean, false) as simulated,
  coalesce((m.detail->>'inferred')::boolean, false) as inferred, m.run_id as run`;

/** Joins what {@link standing} needs to rows under the alias `m`. */
export const standingJoins = (kind: MeasurementKind): RawBuilder<unknown> => sql`
  left join source_rank r on r.source_id = m.source_id and r.kind = ${kind.name}
  left join source s on s.id = m.source_id`;

/** Orders by how much a source counts: the lower its rank the more. */
export const standing = sql`coalesce(r.rank, s.default_rank, 100), m.source_id collate "C"`;

/** What the clocks admit: of a time that was over, and told by then. */
export const admitted = (clocks: ReadAt, over: RawBuilder<unknown>): RawBuilder<unknown>[] => [
  ...(clocks.asOf ? [sql`${over} <= ${clocks.asOf}::timestamptz`] : []),
  ...(clocks.knownAt ? [sql`m.recorded_at <= ${clocks.knownAt}::timestamptz`] : []),
];

export interface ToldRow extends MeasuredRow {
  /** The figures, by name. */
  values: Record<string, number>;
  revision: number;
}

/** Of each wanted row of a table everything that was ever told of it: by standing of the source, the newest first. */
export function readAllTold(
  reader: Reader,
  kind: MeasurementKind,
  wanted: readonly { readonly codes: Readonly<Record<string, string>>; readonly times: readonly Date[] }[],
  clocks: ReadAt,
): Promise<ToldRow[]> {
  const columns = entityColumns(kind);
  const arrays = columns.map(({ of, type }, index) => {
    const time = index - kind.key.length;
    const values = wanted.map(({ codes, times }) => (time < 0 ? codes[of] : times[time]?.toISOString()));
    return sql`${values}::${sql.raw(type)}[]`;
  });
  const same = columns.map(({ column }) => sql`m.${sql.ref(column)} = w.${sql.ref(column)}`);
  const figures = valueColumns(kind).flatMap(({ column, of }) => [sql`${of}::text`, sql`m.${sql.ref(column)}`]);
  const conditions = [...same, ...admitted({ ...clocks, asOf: null }, sql`null`)];
  return reader.rows(sql`
    select ${measuredColumns(kind)}, m.revision, jsonb_build_object(${sql.join(figures)}) as values
    from unnest(${sql.join(arrays)}) as w(${sql.join(columns.map(({ column }) => sql.ref(column)))})
    join ${sql.table(kind.table)} m on ${sql.join(conditions, sql` and `)}
    ${standingJoins(kind)}
    order by id, ${standing}, m.revision desc`);
}
