import {
  countOpenConflicts,
  countOpenRejections,
  countRejectionsSince,
  type SourceCountRow,
} from '../../database/operations/read/source-counts.ts';
import type { Reading } from '../reading/reading.ts';
import { batched } from './batched.ts';

const byName = async (rows: Promise<SourceCountRow[]>): Promise<ReadonlyMap<string, number>> =>
  new Map((await rows).map(({ source, count }) => [source, count]));

/** Records of a source that were rejected and not settled since. */
export function openRejectionsOf(reading: Reading, source: string): Promise<number> {
  return batched(reading, 'open rejections', source, (all) => byName(countOpenRejections(reading.reader, all)), 0);
}

/** Records of a source that were rejected at a time or later; equal ones count once. */
export function rejectionsSince(reading: Reading, source: string, since: Date): Promise<number> {
  const name = `rejections since ${since.toISOString()}`;
  return batched(reading, name, source, (all) => byName(countRejectionsSince(reading.reader, all, since)), 0);
}

/** Open conflicts that a source takes part in and the caller may see. */
export function openConflictsOf(reading: Reading, source: string): Promise<number> {
  const { provinces } = reading.rights;
  const read = (all: readonly string[]) => byName(countOpenConflicts(reading.reader, all, provinces));
  return batched(reading, 'open conflicts', source, read, 0);
}
