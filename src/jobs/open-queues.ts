import type { Processor } from 'bullmq';
import type { Logger } from '../lib/logger.ts';
import { type JobData, SOURCES_QUEUE, UPKEEP_QUEUE } from './job-names.ts';
import {
  type JobQueue,
  type JobWorker,
  openQueueBackend,
  type QueueBackend,
  type QueuePlace,
} from './queue-backend.ts';
import { createRepeatStrategy } from './repeat-pattern.ts';

/** How long a worker may be silent until its jobs go to another; a tenth of it is how often it speaks up. */
const LOCK_MS = 30_000;
/** How soon a worker looks again for jobs after the queue could not be reached. */
const RETRY_MS = 1_000;
/** The sweep goes on while the house is kept. */
const UPKEEP_CONCURRENCY = 2;
const KEEP_JOBS = { removeOnComplete: { count: 100 }, removeOnFail: { count: 500 } };

export interface OpenQueue {
  readonly queue: JobQueue;
  readonly worker: JobWorker | undefined;
}

export interface OpenQueues {
  /** Runs of sources. */
  readonly sources: OpenQueue;
  /** The hub's own work, done beside however many runs there are. */
  readonly upkeep: OpenQueue;
  /** Ends after the jobs in hand. */
  close(): Promise<void>;
}

export interface QueuesOptions {
  readonly place: QueuePlace;
  readonly random: () => number;
  readonly logger: Logger;
  /** What does the jobs, and how many of those that read sources at once; left out by who only asks for runs. */
  readonly work?: { readonly process: Processor<JobData>; readonly concurrency: number };
  readonly stopping: AbortSignal;
}

/** The queues of a process, and in a worker what takes jobs from them. Rejects if they cannot be reached. */
export async function openQueues(options: QueuesOptions): Promise<OpenQueues> {
  const backend = await openQueueBackend(options.place);
  const concurrency = options.work?.concurrency ?? 0;
  const sources = openQueue(options, backend, SOURCES_QUEUE, concurrency);
  const upkeep = openQueue(options, backend, UPKEEP_QUEUE, UPKEEP_CONCURRENCY);
  const both = [sources, upkeep];
  const close = async (): Promise<void> => {
    await Promise.all(both.map(({ worker }) => worker?.close()));
    await Promise.all(both.map(({ queue }) => queue.close()));
    await backend.close();
  };
  // BullMQ leaks the worker's listening connection if it is closed while it is being made.
  const ready = await Promise.allSettled(
    both.flatMap(({ queue, worker }) => [queue.waitUntilReady(), worker?.waitUntilReady()]),
  );
  const failed = ready.find((one) => one.status === 'rejected');
  if (!failed) return { sources, upkeep, close };
  await close();
  throw failed.reason;
}

function openQueue(
  { random, logger, work, stopping }: QueuesOptions,
  backend: QueueBackend,
  name: string,
  concurrency: number,
): OpenQueue {
  const settings = { repeatStrategy: createRepeatStrategy(random) };
  const queue = backend.createQueue(name, { settings, defaultJobOptions: KEEP_JOBS });
  queue.on('error', reportTrouble(logger, 'the job queue has trouble', stopping));
  if (!work) return { queue, worker: undefined };
  const worker = backend.createWorker(name, work.process, {
    autorun: false,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOCK_MS / 2,
    // A run that a kill interrupted is begun again by whoever finds its job; so is one whose second worker dies too.
    maxStalledCount: 3,
    // Default 15 s: so long would sources stand still after the queue was away for a moment.
    runRetryDelay: RETRY_MS,
    settings,
    ...KEEP_JOBS,
  });
  worker.on('error', reportTrouble(logger, 'the worker has trouble with the job queue', stopping));
  return { queue, worker };
}

/** The driver hangs its whole client on an error, hence only the words; connections that a stop cuts are no trouble. */
function reportTrouble(logger: Logger, message: string, stopping: AbortSignal): (error: Error) => void {
  return (error) => {
    if (!stopping.aborted) logger.warn({ reason: error.message }, message);
  };
}
