import { SCHEDULE_ZONE } from '../lib/schedule.ts';
import { HOUSEKEEPING_JOB, type JobData, SWEEP_JOB, SYNC_JOB, schedulerIdOf } from './job-names.ts';
import type { JobQueue } from './queue-backend.ts';
import { type Schedule, toPattern } from './repeat-pattern.ts';

export interface ScheduledSource {
  readonly id: string;
  readonly schedule: Schedule;
}

/** A job that comes again and again. */
export interface Plan {
  readonly id: string;
  readonly pattern: string;
  readonly name: string;
  readonly data: JobData;
  readonly attempts: number;
}

const SWEEP_EVERY_SECONDS = 5;
const HOUSEKEEPING_EVERY_SECONDS = 600;
/** A source that is read more often than this tries again at its next turn; one that is read daily cannot wait for it. */
const RETRY_FROM_SECONDS = 120;
const RETRIES = 3;
const RETRY_DELAY_MS = 10_000;

/**
 * Makes the job schedulers of a queue those of the plans: new and changed ones begin at once, equal ones keep their next
 * turn, others go. Idempotent; the caller sees to it that one process at a time does it.
 */
export async function applySchedules(queue: JobQueue, plans: readonly Plan[]): Promise<void> {
  const existing = new Map((await queue.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]));
  for (const plan of plans) {
    if (existing.get(plan.id)?.pattern === plan.pattern) continue;
    await queue.upsertJobScheduler(
      plan.id,
      { pattern: plan.pattern, tz: SCHEDULE_ZONE, immediately: true },
      { name: plan.name, data: plan.data, opts: jobOptions(plan) },
    );
  }
  const wanted = new Set(plans.map((plan) => plan.id));
  for (const id of existing.keys()) if (!wanted.has(id)) await queue.removeJobScheduler(id);
}

/** Reads a source on its schedule. */
export function planOf({ id, schedule }: ScheduledSource): Plan {
  const isFrequent = 'everySeconds' in schedule && schedule.everySeconds < RETRY_FROM_SECONDS;
  return {
    id: schedulerIdOf(id),
    pattern: toPattern(schedule),
    name: SYNC_JOB,
    data: { sourceId: id, trigger: 'schedule' },
    attempts: isFrequent ? 1 : RETRIES,
  };
}

/** What the hub does of itself. */
export const UPKEEP_PLANS: readonly Plan[] = [
  hubPlan(SWEEP_JOB, SWEEP_EVERY_SECONDS),
  hubPlan(HOUSEKEEPING_JOB, HOUSEKEEPING_EVERY_SECONDS),
];

function hubPlan(name: string, everySeconds: number): Plan {
  const pattern = toPattern({ everySeconds, jitterSeconds: everySeconds / 10 });
  return { id: `hub-${name}`, pattern, name, data: {}, attempts: 1 };
}

function jobOptions({ attempts }: Plan) {
  return attempts === 1
    ? { attempts }
    : { attempts, backoff: { type: 'exponential' as const, delay: RETRY_DELAY_MS, jitter: 0.5 } };
}
