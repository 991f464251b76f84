import { DelayedError, type Job } from 'bullmq';
import { nextTurn, scheduleText } from '../lib/schedule.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import type { JobData, SyncJob } from './job-names.ts';

/** What is used of a job to put it off. */
export type OwnJob = Pick<Job<JobData>, 'name' | 'data' | 'moveToDelayed' | 'updateData'>;

/** A job in hand, and what proves to the queue that it is. */
export interface JobInHand {
  readonly job: OwnJob;
  readonly token: string | undefined;
}

/** How long a job waits until it looks again whether the run in its way has ended. */
const LOOK_AGAIN_MS = 2_000;
/** A turn that comes sooner than this takes the place of one that cannot be done; who is read daily cannot wait for it. */
const SOON_MS = 120_000;

/** Puts a job back into the queue, to be done by whoever is there at that time. Never returns. */
export async function comeAgain({ job, token }: JobInHand, at: Date): Promise<never> {
  await job.moveToDelayed(at.getTime(), token);
  throw new DelayedError();
}

/**
 * Puts off a job that met a run in its way. A turn of the schedule waits until the next one is due, which then takes its
 * place, so that turns do not gather behind a long run. Resolves where the job is done with.
 */
export async function waitForOther(inHand: JobInHand, source: ConfiguredSource, now: Date): Promise<void> {
  const data = inHand.job.data as SyncJob;
  const again = new Date(now.getTime() + LOOK_AGAIN_MS);
  if (data.trigger !== 'schedule') return comeAgain(inHand, again);
  const until = data.waitsUntil === undefined ? dueAfter(source, now) : new Date(data.waitsUntil);
  if (!until || until.getTime() - now.getTime() < SOON_MS) return;
  if (data.waitsUntil === undefined) await inHand.job.updateData({ ...data, waitsUntil: until.toISOString() });
  await comeAgain(inHand, again);
}

function dueAfter({ definition: { schedule } }: ConfiguredSource, now: Date): Date | null {
  return schedule ? nextTurn(scheduleText(schedule), now) : null;
}
