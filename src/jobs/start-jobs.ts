import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { wait } from '../lib/wait.ts';
import type { NextRuns, RequestRun } from '../services/sources/order-run.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import type { RunDependencies, RunOutcome } from '../sync/run-source.ts';
import { sweep } from '../sync/sweep.ts';
import { applySchedules } from './apply-schedules.ts';
import { keepHouse } from './housekeeping.ts';
import { createNextRuns } from './next-runs.ts';
import { performWork } from './perform-work.ts';
import { createProcessor } from './process-job.ts';
import {
  type JobQueue,
  type JobWorker,
  openQueueBackend,
  type QueueBackend,
  type QueuePlace,
} from './queue-backend.ts';
import { createRepeatStrategy } from './repeat-pattern.ts';
import { createRequestRun } from './request-run.ts';

/** Runs at once in one process. Their pages meet in the database, where few more than the cores help. */
const CONCURRENCY = 8;
/** How long a worker may be silent until its jobs go to another; a tenth of it is how often it speaks up. */
const LOCK_MS = 30_000;
/** How soon a worker looks again for jobs after the queue could not be reached. */
const RETRY_MS = 1_000;
const SCHEDULES_LOCK = 'lienthong.schedules';
const KEEP_JOBS = { removeOnComplete: { count: 100 }, removeOnFail: { count: 500 } };

export interface JobsOptions {
  readonly place: QueuePlace;
  readonly database: Pick<Database, 'fork'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly run: Omit<RunDependencies, 'onProgress'>;
  readonly sources: readonly ConfiguredSource[];
  /** A gateway only asks for runs; it takes none. */
  readonly isWorker: boolean;
  readonly concurrency?: number;
  readonly onRunEnd?: (sourceId: string, outcome: RunOutcome, seconds: number) => void;
}

export interface Jobs {
  readonly requestRun: RequestRun;
  readonly nextRuns: NextRuns;
  /** Begins to take jobs and puts the schedules in force; called when the hub is ready. Rejects for nothing that passes. */
  run(): Promise<void>;
  /** Jobs by state (`waiting`, `active`, `delayed`, `failed` …). */
  counts(): Promise<Record<string, number>>;
  /** Breaks off what is running (its record says so) and ends within `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

/** The queue, its schedules and, in a worker, what takes jobs from it. Rejects if the queue cannot be reached. */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { logger } = options;
  const stopping = new AbortController();
  const { queue, worker, close } = await openQueue(options, stopping.signal);
  return {
    requestRun: createRequestRun({ ...options, queue, me: options.run.me }),
    nextRuns: createNextRuns(queue, options.clock),
    run: async () => {
      if (!worker) return;
      void worker.run().catch((error) => logger.error({ error }, 'the worker ended by itself'));
      await enforceSchedules(options, queue, stopping.signal);
    },
    counts: () => queue.getJobCounts(),
    stop: async (limitMs) => {
      stopping.abort();
      await withinLimit(close(), limitMs, () => logger.warn({}, 'the job queue did not close in time'));
    },
  };
}

interface OpenQueue {
  readonly queue: JobQueue;
  readonly worker: JobWorker | undefined;
  close(): Promise<void>;
}

async function openQueue(options: JobsOptions, stopping: AbortSignal): Promise<OpenQueue> {
  const backend = await openQueueBackend(options.place);
  const settings = { repeatStrategy: createRepeatStrategy(options.random) };
  const queue = backend.createQueue({ settings, defaultJobOptions: KEEP_JOBS });
  queue.on('error', reportTrouble(options.logger, 'the job queue has trouble', stopping));
  const worker = options.isWorker ? createWorker(options, backend, settings, stopping) : undefined;
  const close = async (): Promise<void> => {
    await worker?.close();
    await queue.close();
    await backend.close();
  };
  // BullMQ leaks the worker's listening connection if it is closed while it is being made.
  const ready = await Promise.allSettled([queue.waitUntilReady(), worker?.waitUntilReady()]);
  const failed = ready.find((one) => one.status === 'rejected');
  if (!failed) return { queue, worker, close };
  await close();
  throw failed.reason;
}

/** Tries until it works or the hub stops: the database may die at this moment as at any other. */
async function enforceSchedules(
  { database, logger, sources }: JobsOptions,
  queue: JobQueue,
  signal: AbortSignal,
): Promise<void> {
  const scheduled = sources.flatMap(({ definition: { id, schedule } }) => (schedule ? [{ id, schedule }] : []));
  while (!signal.aborted) {
    try {
      await database.fork().transactional(async (em) => {
        // BullMQ refuses a scheduler that another process makes in the same millisecond.
        await sql`select pg_advisory_xact_lock(hashtext(${SCHEDULES_LOCK}))`.execute(em.getKysely());
        await applySchedules(queue, scheduled);
      });
      return;
    } catch (error) {
      logger.warn({ reason: (error as Error).message }, 'the schedules could not be put in force; trying again');
      await wait(RETRY_MS, signal).catch(() => {});
    }
  }
}

function createWorker(
  options: JobsOptions,
  backend: QueueBackend,
  settings: { repeatStrategy: ReturnType<typeof createRepeatStrategy> },
  stopping: AbortSignal,
): JobWorker {
  const { logger, database, clock } = options;
  const sources = new Map(options.sources.map((source) => [source.definition.id, source]));
  const processor = createProcessor(
    {
      findSource: (id) => sources.get(id),
      isPaused: (id) => isPaused(database, id),
      perform: async (request) => {
        const startedAt = performance.now();
        const outcome = await performWork(options.run, request);
        options.onRunEnd?.(request.source.definition.id, outcome, (performance.now() - startedAt) / 1_000);
        return outcome;
      },
      sweep: () => sweep({ database, clock, me: options.run.me }),
      keepHouse: () => keepHouse(database.fork(), clock.now(), options.run.raw?.maxSourceBytes),
    },
    logger,
  );
  const worker = backend.createWorker((job, _token, signal) => processor(job, anySignal(stopping, signal)), {
    autorun: false,
    concurrency: options.concurrency ?? CONCURRENCY,
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
  return worker;
}

async function isPaused(database: JobsOptions['database'], sourceId: string): Promise<boolean> {
  const found = await sql`select 1 from source where id = ${sourceId} and paused_at is not null`.execute(
    database.fork().getKysely(),
  );
  return found.rows.length > 0;
}

/** The driver hangs its whole client on an error, hence only the words; connections that a stop cuts are no trouble. */
function reportTrouble(logger: Logger, message: string, stopping: AbortSignal): (error: Error) => void {
  return (error) => {
    if (!stopping.aborted) logger.warn({ reason: error.message }, message);
  };
}

function anySignal(first: AbortSignal, second: AbortSignal | undefined): AbortSignal {
  return second ? AbortSignal.any([first, second]) : first;
}

async function withinLimit(work: Promise<void>, limitMs: number, onLate: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      onLate();
      resolve();
    }, limitMs);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
