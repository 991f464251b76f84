import { type CheckpointRow, readCheckpoints } from '../../database/operations/read/source-log.ts';
import type { Reading } from '../reading/reading.ts';
import { batched } from './batched.ts';

/** Where the next run of each stream of a source goes on. */
export function checkpointsOf(reading: Reading, source: string): Promise<CheckpointRow[]> {
  const read = async (sources: readonly string[]) =>
    Map.groupBy(await readCheckpoints(reading.reader, sources), (row) => row.source);
  return batched<CheckpointRow[]>(reading, 'checkpoints', source, read, []);
}
