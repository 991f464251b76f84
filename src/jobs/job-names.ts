/** Runs of sources; its name is older than that of the other. */
export const SOURCES_QUEUE = 'lienthong';
/** The hub's own work, which must not wait behind runs that take an hour. */
export const UPKEEP_QUEUE = 'lienthong-upkeep';

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
  /** Of a turn that waits for a run in its way: when the next turn is due, which takes its place. ISO 8601. */
  readonly waitsUntil?: string;
  /** What the run is to do; left out for reading what there is. Times are ISO 8601. */
  readonly work?:
    | { readonly kind: 'backfill'; readonly from: string; readonly to: string }
    | {
        readonly kind: 'replay';
        readonly stream: string | null;
        readonly since: string | null;
        readonly until: string | null;
      }
    | { readonly kind: 'rejections'; readonly ids: readonly number[] | null };
}

export type JobData = SyncJob | Record<string, never>;

const SOURCE_PREFIX = 'source-';

/** The id of the job scheduler of a source. */
export function schedulerIdOf(sourceId: string): string {
  return `${SOURCE_PREFIX}${sourceId}`;
}

/** The source of such a scheduler; null for one of the hub's own. */
export function sourceOfScheduler(schedulerId: string): string | null {
  return schedulerId.startsWith(SOURCE_PREFIX) ? schedulerId.slice(SOURCE_PREFIX.length) : null;
}
