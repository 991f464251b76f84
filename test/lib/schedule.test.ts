import { expect, test } from '@jest/globals';
import { longestPauseSeconds, nextTurn, scheduleText } from '../../src/lib/schedule.ts';

test.each([
  ['an interval', 'every 90 s', '2025-06-27T05:15:00Z', '2025-06-27T05:16:30.000Z'],
  ['a fraction of a second', 'every 0.5 s', '2025-06-27T05:15:00Z', '2025-06-27T05:15:00.500Z'],
  // 17:00 in Viet Nam is 10:00 in UTC.
  ['a time of the day, later today', '0 17 * * *', '2025-06-27T05:15:00Z', '2025-06-27T10:00:00.000Z'],
  ['a time of the day, that very moment', '0 17 * * *', '2025-06-27T10:00:00Z', '2025-06-28T10:00:00.000Z'],
  ['working days, over a weekend', '15 17 * * 1-5', '2025-06-27T11:00:00Z', '2025-06-30T10:15:00.000Z'],
])('the next turn of %s', (_what, schedule, time, next) => {
  expect(nextTurn(schedule, new Date(time))?.toISOString()).toBe(next);
});

test.each(['each morning', '', '* * * *', '0 0 17 * * *', 'every 5 minutes', '99 * * * *'])(
  '"%s" has no turns',
  (schedule) => {
    expect(nextTurn(schedule, new Date('2025-06-27T05:15:00Z'))).toBeNull();
  },
);

const HOUR = 3_600;
const DAY = 24 * HOUR;

test.each([
  ['an interval', 'every 90 s', 90],
  ['a time of the day', '0 17 * * *', DAY],
  ['hours of the day, over night', '*/15 8-17 * * *', 14 * HOUR + 15 * 60],
  ['hours far apart', '0 6,18 * * *', 12 * HOUR],
  ['working days, over a weekend', '15 17 * * 1-5', 3 * DAY],
  ['the first of the month', '0 0 1 * *', 31 * DAY],
  ['a month, over the rest of the year', '0 * * 1 *', 335 * DAY + HOUR],
  ['the day that comes every four years', '0 0 29 2 *', 1_461 * DAY],
])('the longest pause of %s', (_what, schedule, seconds) => {
  expect(longestPauseSeconds(schedule)).toBe(seconds);
});

test.each(['each morning', '', '* * * *', '0 0 17 * * *', '99 * * * *', '0 0 31 4 *'])(
  '"%s" has no pause',
  (schedule) => {
    expect(longestPauseSeconds(schedule)).toBeNull();
  },
);

test('a schedule reads as it is written in the table of sources', () => {
  expect([scheduleText({ everySeconds: 5 }), scheduleText({ cron: '0 17 * * *' })]).toEqual([
    'every 5 s',
    '0 17 * * *',
  ]);
});
