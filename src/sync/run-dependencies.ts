import type { DriftNote } from '../../connectors/kit/connector.ts';
import type { ReadRange } from '../../connectors/kit/paging/paginator.ts';
import type { SharedState } from '../../connectors/kit/shared-state.ts';
import type { Database } from '../database/open-database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ConfiguredSource } from './configured-source.ts';
import type { RawLimits } from './raw/raw-limits.ts';
import type { RunCounts } from './run-counts.ts';
import type { RunFailure, RunState, RunTrigger } from './run-record.ts';
import type { WorkerIdentity } from './worker-identity.ts';

export type OnRunProgress = (counts: RunCounts, percent?: number | null) => void;

export interface RunDependencies {
  readonly database: Pick<Database, 'fork'>;
  /** Of the hub: run records, `recordedAt`. */
  readonly clock: Clock;
  /** Of the domain: how late "now" is for what upstreams say. */
  readonly domainClock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly me: WorkerIdentity;
  /** Tokens, breakers and rate limits, shared by all runs. */
  readonly shared: SharedState;
  /** Of any run. Default: what its source is configured with; for one that reads back or anew at least an hour. */
  readonly timeBudgetMs?: number;
  /** Default: raw answers are not kept. */
  readonly raw?: RawLimits;
  /** Called after each page is stored; for progress on a terminal. `percent`: how much is done, where that is known. */
  readonly onProgress?: OnRunProgress;
  /** Called after a page is stored on which something was noticed; for metrics. */
  readonly onDrift?: (sourceId: string, drift: readonly DriftNote[]) => void;
}

export interface RunRequest {
  readonly source: ConfiguredSource;
  readonly trigger: RunTrigger;
  /** A run that was asked for and waits for a worker; without it a new one is begun. */
  readonly runId?: number;
  /** Where a stop leaves the record of `runId` to another worker, since its job comes again. Default: a stop ends it. */
  readonly comesAgain?: boolean;
  /** Reads what was so in that time, by the clock of the domain, and leaves checkpoints and snapshots alone. */
  readonly range?: ReadRange;
  readonly signal: AbortSignal;
}

/**
 * Why nothing was done. `JOINED`: a worker reads that source just now. `BUSY`: another run holds it, or a worker that may
 * be no more; to be tried again. `ENDED`: the run that was to be carried out has ended already, e.g. it was given up.
 */
export type NothingDone = (typeof NOTHING_DONE)[number];

const NOTHING_DONE = ['JOINED', 'BUSY', 'ENDED'] as const;

export function isNothingDone(state: RunOutcome['state']): state is NothingDone {
  return (NOTHING_DONE as readonly string[]).includes(state);
}

export interface RunOutcome {
  readonly runId: number;
  readonly state: Exclude<RunState, 'RUNNING'> | NothingDone;
  readonly counts: RunCounts;
  readonly failure: RunFailure | null;
}
