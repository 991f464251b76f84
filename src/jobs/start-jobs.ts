import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { wait } from '../lib/wait.ts';
import type { NextRuns, RequestRun } from '../services/sources/order-run.ts';
import { welcomeWaitingRuns } from '../sync/claim-run.ts';
import { makeComingPartitions } from '../sync/coming-partitions.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import { isNothingDone, type RunDependencies, type RunOutcome } from '../sync/run-dependencies.ts';
import { sweep } from '../sync/sweep.ts';
import { applySchedules, planOf, UPKEEP_PLANS } from './apply-schedules.ts';
import type { OwnJob } from './come-again.ts';
import { keepHouse } from './housekeeping.ts';
import { createNextRuns } from './next-runs.ts';
import { type OpenQueues, openQueues } from './open-queues.ts';
import { performWork } from './perform-work.ts';
import { createProcessor } from './process-job.ts';
import type { QueuePlace } from './queue-backend.ts';
import { createRequestRun } from './request-run.ts';

/** Runs at once in one process. Their pages meet in the database, where few more than the cores help. */
const CONCURRENCY = 8;
/** How soon it is tried again to put the schedules in force. */
const RETRY_MS = 1_000;
const SCHEDULES_LOCK = 'lienthong.schedules';

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
  /** Told of runs that were carried out here. */
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

/** The queues, their schedules and, in a worker, what takes jobs from them. Rejects if they cannot be reached. */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { logger, database, clock, isWorker, concurrency = CONCURRENCY } = options;
  const stopping = new AbortController();
  const me = isWorker ? { ...options.run.me, capacity: concurrency } : options.run.me;
  const run = { ...options.run, me };
  const work = { process: createProcess({ ...options, run }, stopping.signal), concurrency };
  const queues = await openQueues({ ...options, stopping: stopping.signal, ...(isWorker && { work }) });
  const { sources, upkeep } = queues;
  return {
    requestRun: createRequestRun({ ...options, queue: sources.queue, me }),
    nextRuns: createNextRuns(sources.queue, clock),
    run: async () => {
      if (!isWorker) return;
      const begin = async (): Promise<void> => {
        await welcomeWaitingRuns(database.fork(), clock.now());
        for (const { worker } of [sources, upkeep]) {
          void worker?.run().catch((error) => logger.error({ error }, 'the worker ended by itself'));
        }
      };
      await untilDone(begin, 'no jobs can be taken yet; trying again', logger, stopping.signal);
      const enforce = (): Promise<void> => enforceSchedules(options, queues);
      await untilDone(enforce, 'the schedules could not be put in force; trying again', logger, stopping.signal);
    },
    counts: () => sources.queue.getJobCounts(),
    stop: async (limitMs) => {
      stopping.abort();
      await withinLimit(queues.close(), limitMs, () => logger.warn({}, 'the job queue did not close in time'));
    },
  };
}

/** Tries until it works or the hub stops: the database may die at this moment as at any other. */
async function untilDone(work: () => Promise<void>, words: string, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      logger.warn({ reason: (error as Error).message }, words);
      await wait(RETRY_MS, signal).catch(() => {});
    }
  }
}

async function enforceSchedules({ database, sources }: JobsOptions, queues: OpenQueues): Promise<void> {
  const plans = sources.flatMap(({ definition: { id, schedule } }) => (schedule ? [planOf({ id, schedule })] : []));
  await database.fork().transactional(async (em) => {
    // BullMQ refuses a scheduler that another process makes in the same millisecond.
    await sql`select pg_advisory_xact_lock(hashtext(${SCHEDULES_LOCK}))`.execute(em.getKysely());
    await applySchedules(queues.sources.queue, plans);
    await applySchedules(queues.upkeep.queue, UPKEEP_PLANS);
  });
}

function createProcess(options: JobsOptions, stopping: AbortSignal) {
  const { logger, database, clock } = options;
  const sources = new Map(options.sources.map((source) => [source.definition.id, source]));
  const processor = createProcessor(
    {
      findSource: (id) => sources.get(id),
      isPaused: (id) => isPaused(database, id),
      perform: async (request) => {
        const startedAt = performance.now();
        const outcome = await performWork(options.run, request);
        const seconds = (performance.now() - startedAt) / 1_000;
        if (!isNothingDone(outcome.state)) options.onRunEnd?.(request.source.definition.id, outcome, seconds);
        return outcome;
      },
      sweep: () => sweep({ database, clock, me: options.run.me }),
      keepHouse: async () => {
        await makeComingPartitions(options.run);
        return keepHouse(database.fork(), clock.now(), options.run.raw?.maxSourceBytes);
      },
    },
    clock,
    logger,
  );
  return (job: OwnJob, token?: string, signal?: AbortSignal) => processor(job, token, anySignal(stopping, signal));
}

async function isPaused(database: JobsOptions['database'], sourceId: string): Promise<boolean> {
  const found = await sql`select 1 from source where id = ${sourceId} and paused_at is not null`.execute(
    database.fork().getKysely(),
  );
  return found.rows.length > 0;
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
