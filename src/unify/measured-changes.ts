import { type Kysely, type RawBuilder, sql } from 'kysely';
import { snakeCase } from '../../schema/kinds/columns.ts';
import { type MeasurementKind, valueColumns } from '../../schema/kinds/measurement-kind.ts';
import type { Measurement } from '../../schema/observation.ts';
import { type AppendContext, appendDifferences, sameRow } from './append-measurements.ts';

/** What of a detail a change shows. */
const SHOWN_DETAIL = ['document', 'simulated', 'inferred'];

/** One side of a change: the figures, who says them, and what of the detail people see. */
export function side(
  kind: MeasurementKind,
  column: (name: string) => RawBuilder<unknown>,
  source: RawBuilder<unknown>,
) {
  const pairs = valueColumns(kind).map(({ column: name, of }) => sql`${of}::text, ${column(name)}`);
  return sql`(jsonb_build_object(${sql.join(pairs)}, 'source', ${source}) || coalesce((
    select jsonb_object_agg(key, value) from jsonb_each(${column('detail')})
    where key = any(${SHOWN_DETAIL}::text[])), '{}'))`;
}

/** The id in the log: codes and moments in milliseconds, as `measurementId` makes it. */
export function idOf(kind: MeasurementKind): RawBuilder<unknown> {
  const codes = kind.key.map((part) => sql`d.${sql.ref(`${part}_code`)}`);
  const times = kind.times.map((time) => sql`(extract(epoch from d.${sql.ref(snakeCase(time))}) * 1000)::bigint`);
  return sql`concat_ws(':', ${sql.join([...codes, ...times])})`;
}

/** Columns of the change log by which rights and filters go; a unit is of the province that it is part of today. */
export function placeOf(kind: MeasurementKind): RawBuilder<unknown> {
  const has = (part: string) => (kind.key as readonly string[]).includes(part);
  const province = has('province')
    ? sql`d.province_code`
    : has('unit')
      ? sql`(select u.province_code from unit u where u.code = d.unit_code)`
      : sql`null::text`;
  return sql`${province} as province_code, ${has('system') ? sql`d.system_code` : sql`null::text`} as system_code`;
}

/** By what sources are compared: the lower rank goes before, then the id. */
export interface Standing {
  readonly rank: RawBuilder<unknown>;
  /** Brings in what `rank` needs for the source that an expression names. */
  readonly joins: (kind: MeasurementKind, source: RawBuilder<unknown>) => RawBuilder<unknown>;
}

export const currentStanding: Standing = {
  rank: sql`coalesce(r.rank, s.default_rank, 100)`,
  joins: (kind, source) => sql`left join source_rank r on r.source_id = ${source} and r.kind = ${kind.name}
    left join source s on s.id = ${source}`,
};
const { rank, joins } = currentStanding;

/**
 * Appends measurements of a kind in which every row is an entity of the log, and adds a pending change for each of
 * which the hub now shows something else: new figures of a source that others outrank change nothing that anybody sees.
 */
export async function appendWithChanges(
  db: Kysely<unknown>,
  kind: MeasurementKind,
  measurements: readonly Measurement[],
  context: AppendContext & { readonly offset: number },
): Promise<{ accepted: number; changes: number }> {
  const { sourceId } = context;
  const source = sql`${sourceId}::text`;
  const own = (prefix: string) => (name: string) => sql`d.${sql.ref(prefix + name)}`;
  const others = (name: string) => sql`o.${sql.ref(name)}`;
  const columns = [...valueColumns(kind).map(({ column }) => column), 'detail'];
  const { rows } = await sql<{ accepted: number; changes: number }>`
    ${appendDifferences(kind, measurements, context)},
    ours as (
      select ${rank} as rank from (values (${source})) v(id) ${joins(kind, sql`v.id`)}
    ), compared as (
      select ${idOf(kind)} as id, ${placeOf(kind)}, ${side(kind, own(''), source)} as after,
        case when d.had is not null then ${side(kind, own('old_'), source)}
          when o.source_id is not null then ${side(kind, others, sql`o.source_id`)} end as before
      from diff d cross join ours left join lateral (
        select x.source_id, ${rank} as rank, ${sql.join(columns.map((column) => sql`x.${sql.ref(column)}`))}
        from ${sql.table(kind.table)} x ${joins(kind, sql`x.source_id`)}
        where ${sameRow(kind, 'x', 'd')} and x.source_id <> ${source}
        order by ${rank}, x.source_id collate "C", x.revision desc limit 1
      ) o on true
      where o.source_id is null or (ours.rank, ${source} collate "C") < (o.rank, o.source_id collate "C")
    ), pending as (${pendingOf(kind, context.offset)})
    select (select count(*) from diff)::int as accepted, (select count(*) from pending)::int as changes`.execute(db);
  return rows[0] ?? { accepted: 0, changes: 0 };
}

/** Adds a pending change for each row of `compared` whose sides differ; returns a row for each. */
export const pendingOf = (kind: MeasurementKind, offset: number): RawBuilder<unknown> => sql`
  insert into pending_change (ord, kind, entity_id, operation, before, after, attributes, sources, province_code,
    system_code)
  select ${offset}::int + row_number() over (order by id collate "C"), ${kind.name}, id,
    case when before is null then 'CREATED' else 'UPDATED' end, before, after, ${differing}, array[after->>'source'],
    province_code, system_code
  from compared c where before is distinct from after returning 1`;

/** The names of what differs between the sides of `c`. */
const differing: RawBuilder<unknown> = sql`(select coalesce(array_agg(k order by k collate "C"), '{}') from (
  select jsonb_object_keys(coalesce(c.before, '{}') || c.after) as k) keys where c.before->k is distinct from c.after->k)`;
