import type { Clock } from '../lib/clock.ts';
import type { CorrectionOptions } from '../services/corrections/correct.ts';
import type { Reading } from '../services/reading/reading.ts';
import type { FollowRuns } from '../services/runs/follow-runs.ts';
import type { FollowSources } from '../services/sources/follow-sources.ts';
import type { NextRuns, RequestRun } from '../services/sources/order-run.ts';

/** The clock of the domain: the real one, or in the sandbox the sandbox's. */
export interface DomainClock extends Clock {
  /** True for the sandbox's. Default false. */
  readonly simulated?: boolean;
  /** Seconds of it that pass in a real one, at this moment. Default 1. */
  readonly speed?: () => number;
}

/** What resolvers reach beside what reading needs. */
export interface ApiParts extends CorrectionOptions {
  readonly domainClock: DomainClock;
  readonly requestRun: RequestRun;
  readonly nextRuns: NextRuns;
  readonly followRuns: FollowRuns;
  readonly followSources: FollowSources;
}

/** The context value of one execution. */
export interface ApiContext extends Reading {
  readonly parts: ApiParts;
  /** Forgets what was read and the time that was spent; for each event of a subscription that is executed by graphql itself. */
  readonly renew: () => void;
  /** Ends what the execution waits for. */
  readonly signal: AbortSignal | undefined;
}
