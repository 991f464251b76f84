import type { Database } from '../database/open-database.ts';
import type { Clock } from '../lib/clock.ts';
import type { NextRuns } from '../services/sources/order-run.ts';
import { SOURCES_QUEUE } from './job-names.ts';
import { createNextRuns } from './next-runs.ts';
import { openQueueBackend, type QueuePlace } from './queue-backend.ts';
import { hasQueue } from './queue-place.ts';

export interface OpenNextRuns {
  readonly nextRuns: NextRuns;
  close(): Promise<void>;
}

/** Asks the queue for its schedules without taking part in it; where there is no queue yet, nothing is due. */
export async function openNextRuns(
  database: Pick<Database, 'fork'>,
  place: QueuePlace,
  clock: Clock,
): Promise<OpenNextRuns> {
  if (!(await hasQueue(database, place))) return { nextRuns: async () => new Map(), close: async () => {} };
  const backend = await openQueueBackend(place);
  const queue = backend.createQueue(SOURCES_QUEUE, {});
  const close = async (): Promise<void> => {
    await queue.close();
    await backend.close();
  };
  // Whoever asks gets the error; without a listener it would end the process.
  queue.on('error', () => undefined);
  try {
    await queue.waitUntilReady();
  } catch (error) {
    await close();
    throw error;
  }
  return { nextRuns: createNextRuns(queue, clock), close };
}
