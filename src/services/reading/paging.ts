import {
  countRows,
  type KeysetQuery,
  readKeysetPage,
  type SortTerm,
  type SortValue,
} from '../../database/operations/read/keyset-page.ts';
import type { Reader } from '../../database/operations/read/reader.ts';
import { BadCursorError, BadUserInputError } from '../../errors/index.ts';

const DEFAULT_PAGE_SIZE = 50;

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** One page of a connection. The count is asked for only by who wants it. */
export interface Page<Node> {
  readonly edges: readonly { cursor: string; node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: () => number | Promise<number>;
}

/** How many rows a page may have. The upper bound is checked before execution, with the other limits of a request. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size < 0) throw new BadUserInputError(`"first" must be 0 or more, not ${size}.`);
  return size;
}

export function toPage<Node>(
  edges: readonly { cursor: string; node: Node }[],
  more: { hasNext: boolean; hasPrevious: boolean; totalCount: () => number | Promise<number> },
): Page<Node> {
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: more.hasNext,
      hasPreviousPage: more.hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: more.totalCount,
  };
}

/** A cursor holds the order it was made in, so that it cannot be taken into a list that is ordered otherwise. */
export function encodeListCursor(order: string, values: readonly SortValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url');
}

export function decodeListCursor(cursor: string, order: string, length: number): SortValue[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new BadCursorError();
  }
  if (!Array.isArray(parsed) || parsed.length !== length + 1 || parsed[0] !== order) throw new BadCursorError();
  const values = parsed.slice(1);
  const isValue = (value: unknown): boolean =>
    typeof value === 'string' ? !value.includes('\0') : Number.isSafeInteger(value);
  if (!values.every(isValue)) throw new BadCursorError();
  return values as SortValue[];
}

/** What a list can be ordered by: the names of its order enum without `_ASC` and `_DESC`. */
export type SortFields = Readonly<Record<string, Omit<SortTerm, 'descending'>>>;

export interface ListQuery extends Omit<KeysetQuery, 'order' | 'after' | 'limit'> {
  readonly fields: SortFields;
  /** What makes every order total. */
  readonly tie: SortTerm;
}

/** A page of a table or relation, by `orderBy`, `first` and `after`. */
export async function pageOf<Row, Node>(
  reader: Reader,
  list: ListQuery,
  args: PageArguments & { orderBy?: readonly string[] | null },
  toNode: (row: Row) => Node,
): Promise<Page<Node>> {
  const names = [...new Set(args.orderBy ?? [])];
  const order = [...names.map((name) => sortTerm(list.fields, name)), list.tie];
  const signature = names.join(',');
  const limit = pageSize(args.first);
  const after = args.after ? decodeListCursor(args.after, signature, order.length) : null;
  checkTypes(order, after);
  const { columns, from, where } = list;
  const { rows, hasMore } = await readKeysetPage<Row>(reader, { columns, from, where, order, after, limit });
  return toPage(
    rows.map(({ row, sortValues }) => ({ cursor: encodeListCursor(signature, sortValues), node: toNode(row) })),
    { hasNext: hasMore, hasPrevious: after !== null, totalCount: () => countRows(reader, from, where) },
  );
}

function sortTerm(fields: SortFields, name: string): SortTerm {
  const [, field, direction] = /^(\w+)_(ASC|DESC)$/.exec(name) ?? [];
  const found = field ? fields[field] : undefined;
  if (!found) throw new BadUserInputError(`Cannot order by ${name}.`);
  return { ...found, descending: direction === 'DESC' };
}

/** A cursor with a text where a number belongs was not made here. */
function checkTypes(order: readonly SortTerm[], after: readonly SortValue[] | null): void {
  const isWrong = after?.some((value, index) => order[index]?.as === 'bigint' && typeof value !== 'number');
  if (isWrong) throw new BadCursorError();
}

/** A page of what is in memory already, sorted. `keyOf` must be unique. */
export function pageOfArray<Node>(
  nodes: readonly Node[],
  args: PageArguments,
  keyOf: (node: Node) => string,
  order = '',
): Page<Node> {
  const limit = pageSize(args.first);
  const [last] = args.after ? decodeListCursor(args.after, order, 1) : [];
  const start = last === undefined ? 0 : nodes.findIndex((node) => keyOf(node) === last) + 1;
  if (last !== undefined && start === 0) throw new BadCursorError();
  const edges = nodes
    .slice(start, start + limit)
    .map((node) => ({ cursor: encodeListCursor(order, [keyOf(node)]), node }));
  return toPage(edges, {
    hasNext: start + limit < nodes.length,
    hasPrevious: start > 0,
    totalCount: () => nodes.length,
  });
}
