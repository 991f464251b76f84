import { describe, expect, test } from '@jest/globals';
import { createSeededRandom } from '../../../connectors/kit/sandbox/seeded-random.ts';
import { overLimit } from '../../../connectors/testkit/over-limit.ts';
import { LIFE_MS, maxLease, paceOf } from '../../../src/sync/upstream/pacing.ts';

const LIMITS = [
  { requestsPerSecond: 1, burst: 1 },
  { requestsPerSecond: 5, burst: 1 },
  { requestsPerSecond: 100, burst: 2 },
  { requestsPerSecond: 5, burst: 10 },
  { requestsPerSecond: 10, burst: 20 },
  { requestsPerSecond: 20, burst: 40 },
  { requestsPerSecond: 500, burst: 100 },
  { requestsPerSecond: 0.2, burst: 3 },
];

describe('the pace of turns', () => {
  test.each(LIMITS)(
    'keeps to $requestsPerSecond a second and a burst of $burst, however late each turn is used',
    (limit) => {
      const { intervalMs, burst } = paceOf(limit);
      const random = createSeededRandom(7);
      for (const lateness of [() => 0, () => LIFE_MS, () => random() * LIFE_MS, () => (random() < 0.5 ? 0 : LIFE_MS)]) {
        let arrivalMs = 0;
        let askedAtMs = 0;
        const usedMs = Array.from({ length: 500 }, () => {
          // A caller that mostly wants all it can get, and at times pauses, so that the burst fills again.
          if (random() < 0.02) askedAtMs += 20 * intervalMs * random();
          const slotMs = Math.max(askedAtMs, arrivalMs - (burst - 1) * intervalMs);
          arrivalMs = Math.max(arrivalMs, slotMs) + intervalMs;
          askedAtMs = slotMs;
          return slotMs + lateness();
        });
        const inOrder = usedMs.sort((a, b) => a - b);
        expect(overLimit(inOrder, limit)).toEqual([]);
      }
    },
  );

  test.each(LIMITS)(
    'loses little of $requestsPerSecond a second with a burst of $burst, where there is a burst',
    (limit) => {
      const { intervalMs } = paceOf(limit);
      const rate = 1000 / intervalMs;
      if (limit.burst - (LIFE_MS / 1000) * limit.requestsPerSecond >= 1)
        expect(rate).toBeCloseTo(limit.requestsPerSecond);
      else expect(rate).toBeGreaterThan(0.1 * limit.requestsPerSecond);
    },
  );

  test('takes ahead what can be used in time and no more', () => {
    expect(LIMITS.map((limit) => maxLease(paceOf(limit)))).toEqual([1, 1, 1, 1, 1, 1, 25, 1]);
  });
});
