import { type RawBuilder, sql } from 'kysely';
import { typedColumns } from '../../schema/kinds/columns.ts';
import type { FactKind } from '../../schema/kinds/fact-kind.ts';
import { claimsOf, decide, headStatements, preference } from './decision.ts';

/** When to read; null stands for now. */
export interface ReadClocks {
  /** What the world looked like then, by what has been observed of it. */
  readonly asOf: Date | null;
  /** What the hub had been told by then. */
  readonly knownAt: Date | null;
}

const isNow = (clocks: ReadClocks): boolean => clocks.asOf === null && clocks.knownAt === null;

/**
 * The state of a kind as a relation with the columns of its table: `id`, `attributes`, `conflicted`, `stale_since`,
 * `updated_at`, `updated_seq` and the typed ones. For now it is the table; for any other time it is decided from the
 * observations that the clocks admit, all counted as fresh (SPEC.md, invariant 8). Needs an alias.
 */
export function stateRelation(kind: FactKind, clocks: ReadClocks): RawBuilder<unknown> {
  if (isNow(clocks)) return sql`${sql.table(kind.table)}`;
  const columns = typedColumns(kind).map(({ column, expression }) => sql`${sql.raw(expression)} as ${sql.ref(column)}`);
  return sql`(
    select id, attributes, conflicted, null::timestamptz as stale_since, told_at as updated_at,
      null::bigint as updated_seq, ${sql.join(columns)}
    from ${decide(kind, statementsAt(kind, null, clocks))} as decided
  )`;
}

/**
 * Who says what of some entities: (entity_id, attribute, value, source_id, observed_at, recorded_at, seen_at, fresh,
 * rank, chosen, detail, run_id), chosen first. Needs an alias.
 */
export function claimsRelation(kind: FactKind, entityIds: readonly string[], clocks: ReadClocks): RawBuilder<unknown> {
  const statements = isNow(clocks) ? headStatements(kind, entityIds) : statementsAt(kind, entityIds, clocks);
  return sql`(
    select entity_id, attribute, value, source_id, observed_at, recorded_at, seen_at, fresh, stale_at, rank, detail, run_id,
      row_number() over (partition by entity_id, attribute order by ${preference}) = 1 as chosen
    from ${claimsOf(kind, statements)} as c
  )`;
}

function admitted(clocks: ReadClocks): RawBuilder<unknown> {
  return sql`o.observed_from <= ${clocks.asOf ?? 'infinity'}::timestamptz
    and o.recorded_at <= ${clocks.knownAt ?? 'infinity'}::timestamptz`;
}

/** The latest statement of each lane that the clocks admit. The end of a run counts only where both clocks reach it; else its beginning does. */
function statementsAt(kind: FactKind, entityIds: readonly string[] | null, clocks: ReadClocks): RawBuilder<unknown> {
  return sql`(
    select distinct on (o.entity_id, o.source_id, o.stream, o.facet)
      o.entity_id, o.source_id, o.stream, o.facet, o.attributes, o.retracted,
      case when o.observed_until <= ${clocks.asOf ?? 'infinity'}::timestamptz
        and o.until_recorded_at <= ${clocks.knownAt ?? 'infinity'}::timestamptz
        then o.observed_until else o.observed_from end as point,
      o.revision, o.recorded_at, o.seen_at, o.run_id, o.detail, true as fresh, null::timestamptz as stale_at
    from observation o
    where o.kind = ${kind.name} and ${admitted(clocks)}
      ${entityIds ? sql`and o.entity_id = any(${entityIds}::text[])` : sql``}
    order by o.entity_id, o.source_id, o.stream, o.facet, point desc, o.revision desc, o.attributes::text collate "C" desc,
      o.evidence::text collate "C" desc
  )`;
}
