import { CronExpressionParser } from 'cron-parser';

/** Schedules of the field's daily reports mean this zone. */
export const SCHEDULE_ZONE = 'Asia/Ho_Chi_Minh';

/** Begins before the 29th of February of a leap year and ends after the next: the rarest day that a cron knows. */
const TRIED = { from: Date.UTC(2024, 0, 1), until: Date.UTC(2029, 0, 1) } as const;
/** More than the days of a year, after which what comes often repeats itself. */
const MAX_DAYS_TRIED = 400;
const DAY_MS = 86_400_000;

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

/**
 * The longest time between two turns by such a text, in seconds, whatever day it is asked on: over the weekend for one of
 * working days. Null for a text that is no schedule.
 */
export function longestPauseSeconds(schedule: string): number | null {
  const interval = EVERY.exec(schedule);
  if (interval) return Number(interval[1]);
  if (!FIVE_FIELDS.test(schedule)) return null;
  try {
    const { hour, minute } = CronExpressionParser.parse(schedule).fields;
    const times = hour.values.flatMap((hours) => minute.values.map((minutes) => Number(hours) * 60 + Number(minutes)));
    const overnight = DAY_MS * longestInDays(schedule) - 60_000 * ((times.at(-1) ?? 0) - (times[0] ?? 0));
    const inADay = times.slice(1).map((time, index) => 60_000 * (time - (times[index] ?? 0)));
    return Math.max(overnight, ...inADay) / 1_000;
  } catch {
    return null;
  }
}

/** From one day with turns to the next, at most. The zone has no summer time, so days are told apart in UTC as well. */
function longestInDays(schedule: string): number {
  const [, , ...days] = schedule.split(/ +/);
  const turns = CronExpressionParser.parse(`0 0 ${days.join(' ')}`, { currentDate: new Date(TRIED.from), tz: 'UTC' });
  let longest = 0;
  let last = turns.next().getTime();
  for (let count = 0; count < MAX_DAYS_TRIED && last < TRIED.until; count += 1) {
    const next = turns.next().getTime();
    longest = Math.max(longest, next - last);
    last = next;
  }
  return longest / DAY_MS;
}
