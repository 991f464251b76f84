import { type RawBuilder, sql } from 'kysely';
import { comparedAttributes, type FactKind } from '../../schema/kinds/fact-kind.ts';

/**
 * The rules by which claims become state, as SQL over any relation of statements; see SPEC.md, invariants 3 to 5. The
 * same text decides for a batch, for a recomputation and for a time in the past, so that they cannot differ.
 */

/**
 * What each source claims of each attribute: its latest statement, unless that takes the claim back.
 * `statements` gives (entity_id, source_id, stream, facet, attributes, retracted, point, revision, recorded_at, seen_at,
 * run_id, detail, fresh, stale_at), where `point` is the time up to which the statement is known to hold.
 */
export function claimsOf(kind: FactKind, statements: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    select l.*, coalesce(r.rank, s.default_rank) as rank, s.kind = 'operator' as is_operator
    from (
      select distinct on (st.entity_id, a.key, st.source_id)
        st.entity_id, a.key as attribute, a.value, st.source_id, st.retracted, st.point as observed_at, st.recorded_at,
        st.seen_at, st.run_id, st.detail, st.fresh, st.stale_at
      from ${statements} as st cross join lateral jsonb_each(st.attributes) as a
      order by st.entity_id, a.key, st.source_id, st.point desc, st.revision desc, a.value::text collate "C" desc,
        st.stream, st.facet
    ) l
    join source s on s.id = l.source_id
    left join source_rank r on r.source_id = l.source_id and r.kind = ${kind.name}
    where not l.retracted
  )`;
}

/** The order in which claims of one attribute are preferred; total, so that a tie falls the same way every time. */
export const preference = sql`fresh desc, rank, observed_at desc, source_id`;

/**
 * Decided state: (id, attributes, names, chosen_sources, conflicts, conflicted, stale_since, told_at) for each entity that
 * has a claim; `told_at` is when the hub was told the newest of what was chosen. `chosen_sources` is an object from attribute to source, or a single text where one source is behind everything;
 * then `names` are the attributes, sorted.
 *
 * `statements` has at most one of each lane. An entity of which one source speaks, and of each attribute in one lane,
 * needs no choosing: its statements are put together as they are. That is most entities, and halves the time of a batch
 * in which all is new; the property tests hold both ways to the same rules.
 */
export function decide(kind: FactKind, statements: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    with statements as materialized (select * from ${statements} as st),
    spoken_of as materialized (
      select entity_id, min(source_id collate "C") as source_id, count(*) as lanes, min(facet collate "C") as facet,
        min(source_id collate "C") = max(source_id collate "C")
          and (count(*) = 1 or sum(cardinality(string_to_array(facet, ',')))
            = (select count(*) from jsonb_object_keys(jsonb_merge(attributes)))) as is_plain,
        jsonb_merge(attributes) filter (where not retracted) as attributes,
        bool_or(fresh) filter (where not retracted) as fresh,
        max(stale_at) filter (where not retracted) as stale_at,
        max(recorded_at) filter (where not retracted) as told_at
      from statements group by entity_id
    ),
    disputable as (select st.* from statements st join spoken_of e using (entity_id) where not e.is_plain),
    claims as materialized (select * from ${claimsOf(kind, sql`disputable`)} as c),
    chosen as (
      select distinct on (entity_id, attribute) * from claims order by entity_id, attribute, ${preference}
    ),
    disagreed as (
      select entity_id, attribute, jsonb_object_agg(source_id, value) as claims
      from claims
      where fresh and not is_operator and attribute = any(${comparedAttributes(kind)}::text[])
      group by entity_id, attribute having count(distinct value) > 1
    ),
    entities as (
      select entity_id as id, jsonb_object_agg(attribute, value) as attributes,
        jsonb_object_agg(attribute, source_id) as chosen_sources,
        case when bool_or(fresh) then null else date_trunc('milliseconds', max(stale_at)) end as stale_since,
        max(recorded_at) as told_at
      from chosen group by entity_id
    ),
    conflicts as (
      select entity_id as id, jsonb_object_agg(attribute, claims) as conflicts,
        array_agg(attribute order by attribute collate "C") as conflicted
      from disagreed group by entity_id
    )
    select e.id, e.attributes, null::text[] as names, e.chosen_sources, e.stale_since,
      coalesce(c.conflicts, '{}') as conflicts, coalesce(c.conflicted, '{}') as conflicted, e.told_at
    from entities e left join conflicts c using (id)
    union all
    select entity_id, attributes, case when lanes = 1 then string_to_array(facet, ',') end, to_jsonb(source_id),
      case when fresh then null else date_trunc('milliseconds', stale_at) end, '{}', '{}', told_at
    from spoken_of where is_plain and attributes is not null
  )`;
}

/** When a statement turned or will turn stale; null for never. */
export const staleAt = sql`coalesce(o.absent_since, o.seen_at + make_interval(secs => s.ttl_seconds))`;

/**
 * The heads of some entities of a kind, or of all, as statements for {@link claimsOf}. The ids are joined, not compared
 * with an array: a batch must cost what it is large, not what the store is.
 */
export function headStatements(kind: FactKind, entityIds: readonly string[] | null): RawBuilder<unknown> {
  return sql`(
    select o.entity_id, o.source_id, o.stream, o.facet, o.attributes, o.retracted, o.observed_until as point, o.revision,
      o.recorded_at, o.seen_at, o.run_id, o.detail, not o.stale and o.absent_since is null as fresh,
      ${staleAt} as stale_at
    from ${entityIds ? sql`unnest(${entityIds}::text[]) as e(id) join observation o on o.entity_id = e.id` : sql`observation o`}
    join source s on s.id = o.source_id
    where o.head and o.kind = ${kind.name}
  )`;
}

/**
 * The latest statement of each lane, found from the whole history instead of the `head` flags: what a recomputation
 * starts from.
 */
export function latestStatements(kind: FactKind): RawBuilder<unknown> {
  return sql`(
    select distinct on (o.entity_id, o.source_id, o.stream, o.facet)
      o.entity_id, o.source_id, o.stream, o.facet, o.attributes, o.retracted, o.observed_until as point, o.revision,
      o.recorded_at, o.seen_at, o.run_id, o.detail, not o.stale and o.absent_since is null as fresh,
      ${staleAt} as stale_at
    from observation o join source s on s.id = o.source_id
    where o.kind = ${kind.name}
    order by o.entity_id, o.source_id, o.stream, o.facet, o.observed_until desc, o.revision desc,
      o.attributes::text collate "C" desc, o.evidence::text collate "C" desc
  )`;
}
