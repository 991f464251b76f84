import { type RawBuilder, sql } from 'kysely';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { NOW } from './clocks.ts';
import { toGlobalId } from './global-id.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import type { Reading } from './reading.ts';
import { maySeeSource, sourceCondition } from './sources.ts';
import type { View } from './views.ts';

interface RejectionRow {
  number: number;
  source: string;
  run: number | null;
  stream: string;
  reason: string;
  path: string | null;
  record: Json;
  contractVersion: string;
  count: number;
  at: Date;
  lastAt: Date;
  settledAt: Date | null;
}

export interface RejectionView extends View<'Rejection'>, Omit<RejectionRow, 'source' | 'run' | 'number'> {
  readonly sourceCode: string;
  readonly runNumber: number | null;
}

export interface RejectionFilter {
  readonly sources?: readonly string[] | null;
  readonly streams?: readonly string[] | null;
  readonly since?: Date | null;
  readonly open?: boolean | null;
}

const columns = sql`rejection.id as number, source_id as source, run_id as run, stream, reason, path, record,
  contract_version as "contractVersion", count, at, last_at as "lastAt", settled_at as "settledAt"`;

function toView(row: RejectionRow): RejectionView {
  const { source, run, number, ...rest } = row;
  const id = toGlobalId('Rejection', number);
  return { ...rest, __typename: 'Rejection', id, clocks: NOW, sourceCode: source, runNumber: run };
}

/** Records that were rejected, those that came last for the first time before the others. */
export function pageOfRejections(
  reading: Reading,
  args: PageArguments & { filter?: RejectionFilter | null },
): Promise<Page<RejectionView>> {
  const filter = args.filter ?? {};
  const where: RawBuilder<unknown>[] = sourceCondition(reading, sql`source_id`);
  if (filter.sources) where.push(sql`source_id = any(${reading.reference.codes('Source', filter.sources)}::text[])`);
  if (filter.streams) where.push(sql`stream = any(${[...filter.streams]}::text[])`);
  if (filter.since) where.push(sql`last_at >= ${filter.since}::timestamptz`);
  if (filter.open != null) where.push(sql`(settled_at is null) = ${filter.open}`);
  return pageOf<RejectionRow, RejectionView>(
    reading.reader,
    {
      columns,
      from: sql`rejection`,
      where,
      fields: {},
      tie: { expression: sql`rejection.id`, as: 'bigint', descending: true },
    },
    args,
    toView,
  );
}

/** The rejection of that number that the caller may see, or null. */
export async function rejectionByNumber(reading: Reading, number: number): Promise<RejectionView | null> {
  const rows = await reading.reader.rows<RejectionRow>(
    sql`select ${columns} from rejection where id = ${number}::bigint`,
  );
  const [row] = rows.filter(({ source }) => maySeeSource(reading, source));
  return row ? toView(row) : null;
}
