import {
  createPostgresBackend,
  type JobsOptions,
  type Processor,
  Queue,
  type QueueOptions,
  type RepeatOptions,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import type pg from 'pg';
import type { JobData } from './job-names.ts';
import { openJobsPool } from './jobs-pool.ts';

/** Where jobs are kept. */
export interface QueuePlace {
  readonly databaseUrl: string;
  /** Given, jobs are kept in Redis; else in PostgreSQL, in a schema of their own. */
  readonly redisUrl?: string | undefined;
  /** Sets apart the jobs of installations that share one Redis: the epoch of the change log. */
  readonly installation: string;
}

/** What the hub uses of BullMQ's queue, whatever it is kept in. */
export interface JobQueue {
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: JobData, options?: JobsOptions): Promise<unknown>;
  /** `next` is when the next job of it is due, in milliseconds since 1970. */
  getJobSchedulers(): Promise<ReadonlyArray<{ key: string; pattern?: string; next?: number }>>;
  upsertJobScheduler(
    id: string,
    repeat: Omit<RepeatOptions, 'key'>,
    template: { name: string; data: JobData; opts: Pick<JobsOptions, 'attempts' | 'backoff'> },
  ): Promise<unknown>;
  removeJobScheduler(id: string): Promise<boolean>;
  getJobCounts(): Promise<Record<string, number>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface JobWorker {
  waitUntilReady(): Promise<unknown>;
  /** Takes jobs until closed. */
  run(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Ends after the jobs in hand, or at once. */
  close(force?: boolean): Promise<void>;
}

type SharedQueueOptions = Omit<QueueOptions, 'connection' | 'prefix'>;
type SharedWorkerOptions = Omit<WorkerOptions, 'connection' | 'prefix'>;

export interface QueueBackend {
  createQueue(name: string, options: SharedQueueOptions): JobQueue;
  createWorker(name: string, processor: Processor<JobData>, options: SharedWorkerOptions): JobWorker;
  /** Ends the connections, after the queues and workers on them were closed; again, does nothing more. */
  close(): Promise<void>;
}

/** BullMQ on PostgreSQL, or on Redis where the place names one. Both create what they need, also five at once. */
export async function openQueueBackend(place: QueuePlace): Promise<QueueBackend> {
  return place.redisUrl === undefined
    ? pgBackend(await openJobsPool(place.databaseUrl))
    : redisBackend(place.redisUrl, place.installation);
}

function pgBackend(connection: pg.Pool): QueueBackend {
  const { Queue: PgQueue, Worker: PgWorker } = withBackend(createPostgresBackend);
  let ended: Promise<void> | undefined;
  return {
    createQueue: (name, options) => new PgQueue<JobData>(name, { ...options, connection }),
    createWorker: (name, processor, options) => new PgWorker<JobData>(name, processor, { ...options, connection }),
    close: () => {
      ended ??= connection.end();
      return ended;
    },
  };
}

function redisBackend(url: string, installation: string): QueueBackend {
  const prefix = `lienthong:${installation}`;
  // A queue answers within the request that uses it or fails; a worker waits for Redis to come back.
  const forQueue = { url, maxRetriesPerRequest: 1 };
  const forWorker = { url, maxRetriesPerRequest: null };
  return {
    createQueue: (name, options) => new Queue<JobData>(name, { ...options, prefix, connection: forQueue }),
    createWorker: (name, processor, options) =>
      new Worker<JobData>(name, processor, { ...options, prefix, connection: forWorker }),
    close: async () => {},
  };
}
