import type { Json } from '../../../schema/kinds/fact-kind.ts';

/** Rows that stand in memory at a time, and go into one transaction. A file of millions took a fifth longer by 2,000. */
const BATCH_ROWS = 5000;

/** Rows in lists; at least one list, which is empty where there is no row. */
export async function* inBatches(
  rows: AsyncIterable<Json> | Iterable<Json>,
  size = BATCH_ROWS,
): AsyncGenerator<Json[], void, undefined> {
  let batch: Json[] = [];
  let isFirst = true;
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
    isFirst = false;
  }
  if (batch.length > 0 || isFirst) yield batch;
}
