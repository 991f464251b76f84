import { type RawBuilder, sql } from 'kysely';
import { allOf } from '../../database/operations/read/keyset-page.ts';
import { BadUserInputError } from '../../errors/index.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import type { LoggedChange } from '../../live/change-source.ts';
import { type ChangeFilter, changeConditions } from './change-filter.ts';
import { type ChangeView, toChangeView } from './change-view.ts';
import { logBounds, seqOfCursor } from './log-cursor.ts';
import { type Page, type PageArguments, pageSize, toPage } from './paging.ts';
import { type Reading, scopeCondition } from './reading.ts';

const columns = sql`seq, tx, last, at, kind, entity_id as "entityId", operation, before, after, attributes, cause, sources,
  run_id as "runId", province_code as province, system_code as system`;

/**
 * Changes after a cursor of the log, in its order or, with `SEQ_DESC`, newest first. The same cursors resume a
 * subscription. Throws BAD_CURSOR for one that cannot be resumed.
 */
export async function pageOfChanges(
  reading: Reading,
  args: PageArguments & { filter?: ChangeFilter | null; orderBy?: readonly string[] | null },
): Promise<Page<ChangeView>> {
  const limit = pageSize(args.first);
  const descending = isDescending(args.orderBy);
  const bounds = await logBounds(reading);
  const where = [
    ...scopeCondition(reading.rights, sql`province_code`, true),
    ...changeConditions(args.filter ?? {}, reading.reference),
  ];
  const found = await reading.reader.rows<LoggedChange>(sql`
    select ${columns} from change
    where ${allOf([...where, ...after(args.after, descending)])}
    order by seq ${sql.raw(descending ? 'desc' : 'asc')} limit ${limit + 1}`);
  const edges = found.slice(0, limit).map((change) => {
    const cursor = encodeCursor({ epoch: bounds.epoch, seq: change.seq });
    return { cursor, node: toChangeView(change, cursor) };
  });
  return toPage(edges, {
    hasNext: found.length > limit,
    hasPrevious: args.after != null,
    totalCount: () => countChanges(reading, where),
  });

  function after(cursor: string | null | undefined, backwards: boolean): RawBuilder<unknown>[] {
    if (!cursor) return [];
    const seq = seqOfCursor(cursor, bounds);
    return [backwards ? sql`seq < ${seq}::bigint` : sql`seq > ${seq}::bigint`];
  }
}

function isDescending(orderBy: readonly string[] | null | undefined): boolean {
  const names = new Set(orderBy ?? ['SEQ_ASC']);
  if (names.size > 1) throw new BadUserInputError('Changes are ordered by SEQ_ASC or by SEQ_DESC, not by both.');
  return names.has('SEQ_DESC');
}

async function countChanges(reading: Reading, where: readonly RawBuilder<unknown>[]): Promise<number> {
  const [row] = await reading.reader.rows<{ count: number }>(
    sql`select count(*) as count from change where ${allOf(where)}`,
  );
  return row?.count ?? 0;
}
