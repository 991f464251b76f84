import DataLoader from 'dataloader';
import { type Reading, remembered } from '../reading/reading.ts';

/**
 * What belongs to a source, read for all sources that are asked for in one statement.
 * @param name of the question; equal questions of one request share a loader.
 */
export function batched<Value>(
  reading: Reading,
  name: string,
  source: string,
  read: (sources: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  none: Value,
): Promise<Value> {
  const loader = remembered(reading, `source ${name}`, () => {
    return new DataLoader<string, Value>(async (sources) => {
      const found = await read(sources);
      return sources.map((wanted) => found.get(wanted) ?? none);
    });
  });
  return loader.load(source);
}
