import { describe, expect, test } from '@jest/globals';
import { createRepeatStrategy, toPattern } from '../../src/jobs/repeat-pattern.ts';

const at = (time: string): number => new Date(time).getTime();

describe('the next turn of an interval', () => {
  const pattern = toPattern({ everySeconds: 10, jitterSeconds: 4 });
  test.each([
    ['comes after the interval at the least', 0, 10_000],
    ['and its whole jitter at the most', 0.999_999, 14_000],
    ['and in between by chance', 0.5, 12_000],
  ])('%s', (_name, random, expected) => {
    expect(createRepeatStrategy(() => random)(1_000_000, { pattern })).toBe(1_000_000 + expected);
  });
});

test('a cron expression means the time of Viet Nam', () => {
  const next = createRepeatStrategy(() => 0)(at('2026-01-01T00:00:00Z'), {
    pattern: toPattern({ cron: '15 17 * * *' }),
  });
  expect(new Date(next ?? 0).toISOString()).toBe('2026-01-01T10:15:00.000Z');
});

test('a new schedule begins at once', () => {
  const strategy = createRepeatStrategy(() => 0.5);
  expect(strategy(5_000, { pattern: toPattern({ everySeconds: 60 }), immediately: true })).toBe(5_000);
});

test('equal schedules have equal patterns, others not', () => {
  expect(toPattern({ everySeconds: 5 })).toBe(toPattern({ everySeconds: 5, jitterSeconds: 0 }));
  expect(toPattern({ everySeconds: 5 })).not.toBe(toPattern({ everySeconds: 5, jitterSeconds: 1 }));
});
