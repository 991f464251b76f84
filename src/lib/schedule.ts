import { CronExpressionParser } from 'cron-parser';

/** Schedules of the field's daily reports mean this zone. */
export const SCHEDULE_ZONE = 'Asia/Ho_Chi_Minh';

const FIVE_FIELDS = /^\S+( +\S+){4}$/;
const EVERY = /^every (\d+(?:\.\d+)?) s$/;

/** A schedule as people read it and the table of sources keeps it: `every 5 s`, or the cron expression. */
export function scheduleText(schedule: { readonly everySeconds: number } | { readonly cron: string }): string {
  return 'cron' in schedule ? schedule.cron : `every ${schedule.everySeconds} s`;
}

/** When the turn after `time` is due by such a text; jitter, which only delays, is left out. Null for a text that is no schedule. */
export function nextTurn(schedule: string, time: Date): Date | null {
  const interval = EVERY.exec(schedule);
  if (interval) return new Date(time.getTime() + Number(interval[1]) * 1_000);
  // The parser would take fewer fields, and seconds as a sixth.
  if (!FIVE_FIELDS.test(schedule)) return null;
  try {
    return CronExpressionParser.parse(schedule, { currentDate: time, tz: SCHEDULE_ZONE }).next().toDate();
  } catch {
    return null;
  }
}
