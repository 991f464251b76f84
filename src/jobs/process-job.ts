import { UnrecoverableError } from 'bullmq';
import { UnavailableError } from '../errors/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import type { RunOutcome } from '../sync/run-source.ts';
import { comeAgain, type JobInHand, type OwnJob, waitForOther } from './come-again.ts';
import { HOUSEKEEPING_JOB, SWEEP_JOB, SYNC_JOB, type SyncJob } from './job-names.ts';
import type { WorkRequest } from './perform-work.ts';
import { workOf } from './run-work.ts';

export interface JobHandlers {
  findSource(sourceId: string): ConfiguredSource | undefined;
  /** Whether the source is read only when somebody asks for it. */
  isPaused(sourceId: string): Promise<boolean>;
  perform(request: WorkRequest): Promise<RunOutcome>;
  sweep(): Promise<object>;
  keepHouse(): Promise<object>;
}

/**
 * Does one job; thin. A run that failed is recorded by whoever ran it, so the job is failed only to be tried again
 * (retryable) or, as unrecoverable, so that it shows as failed in the queue. A job whose run was stopped, or could not
 * begin because of another, comes again: it is done only once its source has been read.
 */
export function createProcessor(handlers: JobHandlers, clock: Clock, logger: Logger) {
  return async (job: OwnJob, token: string | undefined, signal: AbortSignal): Promise<object> => {
    switch (job.name) {
      case SYNC_JOB:
        return sync(handlers, { job, token }, clock, signal);
      case SWEEP_JOB:
        return handlers.sweep();
      case HOUSEKEEPING_JOB:
        return handlers.keepHouse();
      default:
        logger.warn({ job: job.name }, 'a job of an unknown name; is a newer version of the hub at work here?');
        throw new UnrecoverableError(`no job is called "${job.name}"`);
    }
  };
}

async function sync(handlers: JobHandlers, inHand: JobInHand, clock: Clock, signal: AbortSignal): Promise<object> {
  const data = inHand.job.data as SyncJob;
  const source = handlers.findSource(data.sourceId);
  // Another process with a newer sources file may know it; the scheduler goes when all have the same file.
  if (!source) throw new UnrecoverableError(`this worker has no source "${data.sourceId}"`);
  // Ends the job and keeps its scheduler: the next turn comes by itself once the source is resumed.
  if (data.trigger === 'schedule' && (await handlers.isPaused(data.sourceId))) return { state: 'PAUSED' };
  const { trigger, runId } = data;
  const request = { source, trigger, work: workOf(data), signal, comesAgain: true };
  const outcome = await handlers.perform(runId === undefined ? request : { ...request, runId });
  if (outcome.state === 'CANCELLED') return comeAgain(inHand, clock.now());
  if (outcome.state === 'BUSY') await waitForOther(inHand, source, clock.now());
  if (outcome.state !== 'FAILED') return { runId: outcome.runId, state: outcome.state };
  const message = `run ${outcome.runId}: ${outcome.failure?.code}: ${outcome.failure?.message}`;
  if (outcome.failure?.retryable) throw new UnavailableError(message);
  throw new UnrecoverableError(message);
}
