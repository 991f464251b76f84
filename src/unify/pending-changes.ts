import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { FactKind } from '../../schema/kinds/fact-kind.ts';

/** The kind under which conflicts stand in the change log. */
export const CONFLICT_KIND = 'conflict';

/**
 * Where differences between the decided and the stored state wait, within their transaction, for their numbers in the
 * log. A table of the session, so that a batch of thousands never travels to the client and back.
 */
export async function preparePendingChanges(db: Kysely<unknown>): Promise<void> {
  await sql`create temporary table if not exists pending_change (
    ord int not null, kind text not null, entity_id text not null, operation text not null, before jsonb, after jsonb,
    attributes text[] not null, sources text[] not null, province_code text, system_code text,
    state jsonb, conflicted text[], stale_since timestamptz) on commit delete rows`.execute(db);
}

/** Columns of the change log that follow from the key. */
function scopeColumns(kind: FactKind, id: RawBuilder<unknown>): RawBuilder<unknown> {
  const column = (part: 'province' | 'system') => {
    const index = (kind.key as readonly string[]).indexOf(part);
    return index < 0 ? sql`null::text` : sql`split_part(${id}, ':', ${sql.lit(index + 1)})`;
  };
  return sql`${column('province')} as province_code, ${column('system')} as system_code`;
}

/** What a change shows of an entity: its attributes, and whether it is stale or in conflict where it is. */
function shown(alias: 'o' | 'n'): RawBuilder<unknown> {
  const [attributes, staleSince, conflicted] = ['attributes', 'stale_since', 'conflicted'].map((column) =>
    sql.ref(`${alias}.${column}`),
  );
  return sql`case when ${staleSince} is null and cardinality(${conflicted}) = 0 then ${attributes}
    else ${attributes} || jsonb_strip_nulls(jsonb_build_object(
      'staleSince', to_char(${staleSince} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'conflicted', nullif(to_jsonb(${conflicted}), '[]'::jsonb))) end`;
}

/** The names of what differs between before and after. Of an entity that one statement creates, they are known. */
const differingKeys = sql`case when d.operation = 'CREATED' and d.names is not null and d.stale_since is null then d.names
  else (select coalesce(array_agg(k order by k collate "C"), '{}') from (
    select jsonb_object_keys(coalesce(d.before, '{}') || coalesce(d.after, '{}')) as k) keys
    where d.before->k is distinct from d.after->k) end`;

/**
 * Adds the entities of a kind whose stored state differs from the decided one; gives their number.
 * `entityIds` null compares the whole kind.
 */
export async function addStateChanges(
  db: Kysely<unknown>,
  kind: FactKind,
  decided: RawBuilder<unknown>,
  entityIds: readonly string[] | null,
  context: { offset: number; bySources: readonly string[] },
): Promise<number> {
  const table = sql.table(kind.table);
  const { rows } = await sql<{ count: number }>`
    with decided as materialized (select * from ${decided} as x),
    stored as (select t.* from ${entityIds ? sql`unnest(${entityIds}::text[]) as e(id) join ${table} t using (id)` : sql`${table} t`}),
    differing as (
      select coalesce(n.id, o.id) as id,
        case when o.id is null then 'CREATED' when n.id is null then 'REMOVED' else 'UPDATED' end as operation,
        case when o.id is not null then ${shown('o')} end as before,
        case when n.id is not null then ${shown('n')} end as after,
        n.names, n.chosen_sources, n.attributes as state, n.conflicted, n.stale_since
      from decided n full join stored o on o.id = n.id
      where n.id is null or o.id is null or n.attributes <> o.attributes or n.conflicted <> o.conflicted
        or n.stale_since is distinct from o.stale_since
    ), numbered as (
      select *, row_number() over (order by id) as n, ${differingKeys} as keys from differing d
    ), added as (
      insert into pending_change
      select ${context.offset}::int + d.n, ${kind.name}, d.id, d.operation, d.before, d.after, d.keys,
        case jsonb_typeof(d.chosen_sources) when 'string' then array[d.chosen_sources #>> '{}'] else coalesce(
          (select array_agg(distinct s order by s) from unnest(d.keys) k, lateral (select d.chosen_sources->>k) v(s)
            where s is not null), ${context.bySources}::text[]) end,
        ${scopeColumns(kind, sql`d.id`)}, d.state, d.conflicted, d.stale_since
      from numbered d returning 1
    )
    select count(*)::int as count from added`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * Adds the conflicts of a kind that open, change or close. A conflict is CREATED when it opens and REMOVED when it
 * closes; the row in `conflict` stays.
 */
export async function addConflictChanges(
  db: Kysely<unknown>,
  kind: FactKind,
  decided: RawBuilder<unknown>,
  entityIds: readonly string[] | null,
  context: { offset: number },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with decided as materialized (
      select x.id as entity_id, c.key as attribute, c.value as claims
      from ${decided} as x cross join lateral jsonb_each(x.conflicts) as c
    ), open as (
      select * from conflict where closed_at is null and kind = ${kind.name}
        ${entityIds ? sql`and entity_id = any(${entityIds}::text[])` : sql``}
    ), differing as (
      select coalesce(n.entity_id, o.entity_id) as of, coalesce(n.attribute, o.attribute) as attribute, o.id,
        case when o.id is null then 'CREATED' when n.entity_id is null then 'REMOVED' else 'UPDATED' end as operation,
        o.claims as old_claims, n.claims
      from decided n full join open o on o.entity_id = n.entity_id and o.attribute = n.attribute
      where n.entity_id is null or o.id is null or n.claims <> o.claims
    ), numbered as (
      select *, row_number() over (order by of, attribute) as n,
        jsonb_build_object('kind', ${kind.name}::text, 'entityId', of, 'attribute', attribute) as what
      from differing
    ), added as (
      insert into pending_change
      select ${context.offset}::int + d.n, ${CONFLICT_KIND},
        coalesce(d.id, concat_ws(':', ${kind.name}::text, d.of, d.attribute)), d.operation,
        case when d.id is not null then d.what || jsonb_build_object('claims', d.old_claims) end,
        case when d.claims is not null then d.what || jsonb_build_object('claims', d.claims) end,
        case d.operation when 'UPDATED' then array['claims'] else array['attribute', 'claims', 'entityId', 'kind'] end,
        array(select jsonb_object_keys(coalesce(d.claims, d.old_claims)) order by 1),
        ${scopeColumns(kind, sql`d.of`)}
      from numbered d returning 1
    )
    select count(*)::int as count from added`.execute(db);
  return rows[0]?.count ?? 0;
}
