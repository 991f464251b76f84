import DataLoader from 'dataloader';
import { type RawBuilder, sql } from 'kysely';
import { readLastRuns, readSourceHoldings, type SourceHoldingsRow } from '../../database/operations/read/sources.ts';
import { runColumns, type SyncRunRow } from '../../database/operations/read/sync-runs.ts';
import { NOW } from './clocks.ts';
import { toGlobalId } from './global-id.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import { type Reading, remembered } from './reading.ts';
import { maySeeSource, sourceCondition } from './sources.ts';
import type { View } from './views.ts';

export interface SyncRunView
  extends View<'SyncRun'>,
    Omit<SyncRunRow, 'source' | 'errorCode' | 'errorMessage' | 'errorRetryable'> {
  readonly sourceCode: string;
  readonly error: { code: string; message: string; retryable: boolean } | null;
}

export interface SyncRunFilter {
  readonly sources?: readonly string[] | null;
  readonly states?: readonly string[] | null;
  readonly triggers?: readonly string[] | null;
  readonly since?: Date | null;
}

function toView(row: SyncRunRow): SyncRunView {
  const { source, errorCode, errorMessage, errorRetryable, ...rest } = row;
  return {
    ...rest,
    __typename: 'SyncRun',
    id: toGlobalId('SyncRun', row.number),
    clocks: NOW,
    sourceCode: source,
    error: errorCode ? { code: errorCode, message: errorMessage ?? '', retryable: errorRetryable ?? false } : null,
  };
}

/** Runs of connectors, newest first. */
export function pageOfRuns(
  reading: Reading,
  args: PageArguments & { filter?: SyncRunFilter | null },
): Promise<Page<SyncRunView>> {
  const filter = args.filter ?? {};
  const where: RawBuilder<unknown>[] = sourceCondition(reading, sql`sync_run.source_id`);
  if (filter.sources) where.push(sql`source_id = any(${reading.reference.codes('Source', filter.sources)}::text[])`);
  if (filter.states) where.push(sql`state = any(${[...filter.states]}::text[])`);
  if (filter.triggers) where.push(sql`trigger = any(${[...filter.triggers]}::text[])`);
  if (filter.since) where.push(sql`started_at >= ${filter.since}::timestamptz`);
  return pageOf<SyncRunRow, SyncRunView>(
    reading.reader,
    {
      columns: runColumns,
      from: sql`sync_run`,
      where,
      fields: {},
      tie: { expression: sql`sync_run.id`, as: 'bigint', descending: true },
    },
    args,
    toView,
  );
}

/** The run of that number that the caller may see, or null. One statement for all that are asked for. */
export function runByNumber(reading: Reading, number: number): Promise<SyncRunView | null> {
  const loader = remembered(reading, 'runs', () => {
    return new DataLoader<number, SyncRunView | null>(async (numbers) => {
      const rows = await reading.reader.rows<SyncRunRow>(
        sql`select ${runColumns} from sync_run where sync_run.id = any(${[...numbers]}::bigint[])`,
      );
      const runs = new Map(
        rows.filter((row) => maySeeSource(reading, row.source)).map((row) => [row.number, toView(row)]),
      );
      return numbers.map((wanted) => runs.get(wanted) ?? null);
    });
  });
  return loader.load(number);
}

/** How much of a run is done, in percent; null while it is not known how much there is. */
export function percentOf({ state, percent }: Pick<SyncRunView, 'state' | 'percent'>): number | null {
  return state === 'SUCCEEDED' ? 100 : percent;
}

/** The newest run of a source, or null. One statement for all sources that are asked for. */
export function lastRunOf(reading: Reading, source: string): Promise<SyncRunView | null> {
  const loader = remembered(reading, 'lastRuns', () => {
    return new DataLoader<string, SyncRunView | null>(async (sources) => {
      const runs = new Map((await readLastRuns(reading.reader, [...sources])).map((row) => [row.source, toView(row)]));
      return sources.map((wanted) => runs.get(wanted) ?? null);
    });
  });
  return loader.load(source);
}

/** What is in force of a source. One statement for all sources that are asked for. */
export function holdingsOf(reading: Reading, source: string): Promise<SourceHoldingsRow> {
  const loader = remembered(reading, 'holdings', () => {
    return new DataLoader<string, SourceHoldingsRow>(async (sources) => {
      const rows = await readSourceHoldings(reading.reader, [...sources]);
      const holdings = new Map(rows.map((row) => [row.source, row]));
      const none = { statements: 0, stale: 0, lastSeenAt: null, lastObservedAt: null };
      return sources.map((wanted) => holdings.get(wanted) ?? { source: wanted, ...none });
    });
  });
  return loader.load(source);
}
