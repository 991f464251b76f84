import { defaultRepeatStrategy, type RepeatOptions } from 'bullmq';
import { SCHEDULE_ZONE } from '../lib/schedule.ts';

/** When a source is read: every so often, or by a cron expression in the time of Viet Nam. */
export type Schedule =
  | { readonly everySeconds: number; readonly jitterSeconds?: number | undefined }
  | { readonly cron: string };

const EVERY = /^every (\d+) ms, jitter (\d+) ms$/;

/** A schedule as the text that the job scheduler keeps; equal schedules give equal texts. */
export function toPattern(schedule: Schedule): string {
  if ('cron' in schedule) return schedule.cron;
  const every = Math.round(schedule.everySeconds * 1_000);
  return `every ${every} ms, jitter ${Math.round((schedule.jitterSeconds ?? 0) * 1_000)} ms`;
}

/**
 * When the next job of a scheduler is due, in milliseconds since 1970. An interval gets a new jitter each time, so that
 * sources with the same interval do not meet their upstream (or each other, in the database) at the same instant.
 * Jitter only delays; the mean interval is `every + jitter / 2`.
 */
export function createRepeatStrategy(random: () => number) {
  return (millis: number, options: RepeatOptions): number | undefined => {
    if (options.immediately) return millis;
    const interval = EVERY.exec(options.pattern ?? '');
    if (!interval) return defaultRepeatStrategy(millis, { ...options, tz: options.tz ?? SCHEDULE_ZONE });
    return millis + Number(interval[1]) + Math.floor(random() * (Number(interval[2]) + 1));
  };
}
