import { describe, expect, test } from '@jest/globals';
import { backoffMs, retryAfterMs } from '../../../connectors/kit/http/backoff.ts';

const policy = { maxAttempts: 5, firstDelayMs: 100, maxDelayMs: 1000 };
const now = new Date('2025-06-27T05:15:00Z');

describe('backoff', () => {
  test.each([
    { name: 'the first wait is at least half its ceiling', attempt: 1, random: 0, asked: undefined, expected: 50 },
    { name: 'and at most its ceiling', attempt: 1, random: 1, asked: undefined, expected: 100 },
    { name: 'the ceiling doubles', attempt: 3, random: 1, asked: undefined, expected: 400 },
    { name: 'up to the longest wait', attempt: 10, random: 1, asked: undefined, expected: 1000 },
    { name: 'what the upstream asks for is honoured', attempt: 1, random: 0, asked: 5000, expected: 5000 },
    { name: 'but shortens nothing', attempt: 4, random: 1, asked: 10, expected: 800 },
  ])('$name', ({ attempt, random, asked, expected }) => {
    expect(backoffMs(policy, attempt, () => random, asked)).toBe(expected);
  });
});

describe('Retry-After', () => {
  test.each([
    { name: 'seconds', header: '120', expected: 120_000 },
    { name: 'an HTTP date', header: 'Fri, 27 Jun 2025 05:16:00 GMT', expected: 60_000 },
    { name: 'a date in the past', header: 'Fri, 27 Jun 2025 05:00:00 GMT', expected: 0 },
    { name: 'nonsense', header: 'soon', expected: undefined },
    { name: 'nothing', header: undefined, expected: undefined },
  ])('$name', ({ header, expected }) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
