import { expect, test } from '@jest/globals';
import type { Observation } from '../../schema/observation.ts';
import { PeriodBound } from '../../src/sync/period-bound.ts';

const DAY_MS = 86_400_000;
const FIRST = new Date('2025-01-01T17:00:00Z');

const dossiersOf = (day: number): Observation[] => [
  {
    class: 'measurement',
    kind: 'dossierStatistics',
    key: { province: '01', procedure: '1.1' },
    day: new Date(FIRST.getTime() + day * DAY_MS),
    values: { received: 1, online: 0, onTime: 0, overdue: 0 },
  },
];

test('a page speaks of two months of days at the most, and of those as often as it likes', () => {
  const bound = new PeriodBound();
  for (let day = 0; day < 62; day += 1) expect(bound.check(dossiersOf(day))).toBeUndefined();
  expect(bound.check(dossiersOf(62))).toEqual({
    path: 'day',
    reason: '62 days at a time are taken, and this is one more',
  });
  expect(bound.check(dossiersOf(61))).toBeUndefined();
});
