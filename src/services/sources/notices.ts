import { readNotice, readNotices, type SourceNoticeRow } from '../../database/operations/read/source-log.ts';
import { NOW } from '../reading/clocks.ts';
import { toGlobalId } from '../reading/global-id.ts';
import type { Reading } from '../reading/reading.ts';
import { maySeeSource } from '../reading/sources.ts';
import type { View } from '../reading/views.ts';
import { batched } from './batched.ts';

/** Something about the shape of what a source sends that its contract does not know. */
export interface SourceNoticeView extends View<'SourceNotice'>, Omit<SourceNoticeRow, 'source' | 'number'> {
  readonly sourceCode: string;
}

/** What was noticed of a source, newest first; settled notices only where they are asked for. */
export async function noticesOf(reading: Reading, source: string, withSettled: boolean): Promise<SourceNoticeView[]> {
  const read = async (sources: readonly string[]) =>
    Map.groupBy((await readNotices(reading.reader, sources)).map(toView), ({ sourceCode }) => sourceCode);
  const notices = await batched(reading, 'notices', source, read, []);
  return withSettled ? notices : notices.filter(({ settledAt }) => settledAt === null);
}

/** The notice of that number that the caller may see, or null. */
export async function noticeByNumber(reading: Reading, number: number): Promise<SourceNoticeView | null> {
  const row = await readNotice(reading.reader, number);
  return row && maySeeSource(reading, row.source) ? toView(row) : null;
}

function toView({ number, source, ...rest }: SourceNoticeRow): SourceNoticeView {
  const id = toGlobalId('SourceNotice', number);
  return { ...rest, __typename: 'SourceNotice', id, clocks: NOW, sourceCode: source };
}
