import { type RawBuilder, sql } from 'kysely';
import type { Reader } from './reader.ts';

/** One thing to sort by. `expression` is never null; `as` is the type that a value of a cursor is read as. */
export interface SortTerm {
  readonly expression: RawBuilder<unknown>;
  readonly as: 'text' | 'bigint';
  readonly descending: boolean;
}

export type SortValue = string | number;

export interface KeysetQuery {
  readonly columns: RawBuilder<unknown>;
  readonly from: RawBuilder<unknown>;
  readonly where: readonly RawBuilder<unknown>[];
  /** The last term must make the order total. */
  readonly order: readonly SortTerm[];
  /** Where the page before ended: a value per term. */
  readonly after: readonly SortValue[] | null;
  readonly limit: number;
}

export interface KeysetRow<Row> {
  readonly row: Row;
  readonly sortValues: readonly SortValue[];
}

// Byte order, so that pages do not depend on the collation that a cluster was made with.
const sortable = (term: SortTerm): RawBuilder<unknown> =>
  term.as === 'text' ? sql`(${term.expression})::text collate "C"` : sql`(${term.expression})::bigint`;

const placed = (term: SortTerm, value: SortValue): RawBuilder<unknown> =>
  term.as === 'text' ? sql`${String(value)}::text collate "C"` : sql`${value}::bigint`;

/** All of the conditions, or `true` for none. */
export function allOf(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** Rows that come after the values in the order: past the first term, or equal in it and past the second, and so on. */
function afterValues(order: readonly SortTerm[], values: readonly SortValue[]): RawBuilder<unknown> {
  const alternatives = order.map((term, index) => {
    const equal = order
      .slice(0, index)
      .map((earlier, at) => sql`${sortable(earlier)} = ${placed(earlier, values[at] as SortValue)}`);
    const past = sql`${sortable(term)} ${sql.raw(term.descending ? '<' : '>')} ${placed(term, values[index] as SortValue)}`;
    return sql`(${allOf([...equal, past])})`;
  });
  return sql`(${sql.join(alternatives, sql` or `)})`;
}

/** One page in a total order, by the values where the last one ended: rows that come or go elsewhere do not shift it. */
export async function readKeysetPage<Row>(
  reader: Reader,
  query: KeysetQuery,
): Promise<{ rows: KeysetRow<Row>[]; hasMore: boolean }> {
  const where = query.after ? [...query.where, afterValues(query.order, query.after)] : query.where;
  const order = query.order.map((term) => sql`${sortable(term)} ${sql.raw(term.descending ? 'desc' : 'asc')}`);
  const found = await reader.rows<Row & { sort_values: SortValue[] }>(sql`
    select ${query.columns}, jsonb_build_array(${sql.join(query.order.map(sortable))}) as sort_values
    from ${query.from}
    where ${allOf(where)}
    order by ${sql.join(order)}
    limit ${query.limit + 1}`);
  const rows = found.slice(0, query.limit).map((row) => ({ row, sortValues: row.sort_values }));
  return { rows, hasMore: found.length > query.limit };
}

/** How many rows the conditions leave. */
export async function countRows(
  reader: Reader,
  from: RawBuilder<unknown>,
  where: readonly RawBuilder<unknown>[],
): Promise<number> {
  const [row] = await reader.rows<{ count: number }>(
    sql`select count(*)::int as count from ${from} where ${allOf(where)}`,
  );
  return row?.count ?? 0;
}
