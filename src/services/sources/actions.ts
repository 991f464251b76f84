import { countActions, type SourceCountRow } from '../../database/operations/read/source-counts.ts';
import { readAction, readActions, type SourceActionRow } from '../../database/operations/read/source-log.ts';
import { BadCursorError } from '../../errors/index.ts';
import { NOW } from '../reading/clocks.ts';
import { toGlobalId } from '../reading/global-id.ts';
import {
  decodeListCursor,
  encodeListCursor,
  type Page,
  type PageArguments,
  pageSize,
  toPage,
} from '../reading/paging.ts';
import type { Reading } from '../reading/reading.ts';
import { maySeeSource } from '../reading/sources.ts';
import type { View } from '../reading/views.ts';
import { batched } from './batched.ts';

/** What somebody did to a source, and why. */
export interface SourceActionView extends View<'SourceAction'>, Omit<SourceActionRow, 'source' | 'run'> {
  readonly sourceCode: string;
  readonly runNumber: number | null;
}

const CURSOR = 'SOURCE_ACTION';

/** What was done to a source, newest first. One statement for the same page of all sources that are asked for. */
export async function pageOfActions(
  reading: Reading,
  source: string,
  args: PageArguments,
): Promise<Page<SourceActionView>> {
  const limit = pageSize(args.first);
  const [before] = args.after ? decodeListCursor(args.after, CURSOR, 1) : [];
  if (before !== undefined && typeof before !== 'number') throw new BadCursorError();
  const page = { limit: limit + 1, before: before ?? null };
  const read = async (sources: readonly string[]) =>
    Map.groupBy((await readActions(reading.reader, sources, page)).map(toView), (action) => action.sourceCode);
  const found = await batched(reading, `actions ${page.limit} ${page.before}`, source, read, []);
  const edges = found.slice(0, limit).map((node) => ({ cursor: encodeListCursor(CURSOR, [node.number]), node }));
  return toPage(edges, {
    hasNext: found.length > limit,
    hasPrevious: page.before !== null,
    totalCount: () => batched(reading, 'count of actions', source, (all) => counts(reading, all), 0),
  });
}

/** The action of that number that the caller may see, or null. */
export async function actionByNumber(reading: Reading, number: number): Promise<SourceActionView | null> {
  const row = await readAction(reading.reader, number);
  return row && maySeeSource(reading, row.source) ? toView(row) : null;
}

async function counts(reading: Reading, sources: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows: SourceCountRow[] = await countActions(reading.reader, sources);
  return new Map(rows.map(({ source, count }) => [source, count]));
}

function toView({ source, run, ...rest }: SourceActionRow): SourceActionView {
  const id = toGlobalId('SourceAction', rest.number);
  return { ...rest, __typename: 'SourceAction', id, clocks: NOW, sourceCode: source, runNumber: run };
}
