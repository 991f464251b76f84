/** The one queue of the hub. */
export const QUEUE_NAME = 'lienthong';
/** The PostgreSQL schema that BullMQ keeps its tables in, apart from ours. */
export const JOBS_SCHEMA = 'lienthong_jobs';

/** Reads one source: {@link SyncJob}. */
export const SYNC_JOB = 'sync';
/** Turns stale what was not said again in time, and fails runs whose worker is gone. */
export const SWEEP_JOB = 'sweep';
/** Removes old run records and rejections. */
export const HOUSEKEEPING_JOB = 'housekeeping';

export interface SyncJob {
  readonly sourceId: string;
  readonly trigger: 'schedule' | 'request';
  /** The run record that was made when the run was asked for. */
  readonly runId?: number;
}

export type JobData = SyncJob | Record<string, never>;

/** The id of the job scheduler of a source. */
export function schedulerIdOf(sourceId: string): string {
  return `source-${sourceId}`;
}
