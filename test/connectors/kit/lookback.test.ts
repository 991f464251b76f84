import { describe, expect, test } from '@jest/globals';
import { lookback } from '../../../connectors/kit/index.ts';

describe('an incremental list is read', () => {
  const domainNow = new Date('2025-06-27T08:00:00Z');
  const window = lookback({ firstMs: 7 * 86_400_000, overlapMs: 3_600_000 });

  test.each([
    { name: 'some days back the first time', memory: undefined, range: undefined, from: '2025-06-20T08:00:00.000Z' },
    {
      name: 'from what the last read left',
      memory: '2025-06-27T06:00:00.000Z',
      range: undefined,
      from: '2025-06-27T06:00:00.000Z',
    },
    {
      name: 'from the beginning of a backfill, whatever was read before',
      memory: '2025-06-27T06:00:00.000Z',
      range: { from: new Date('2025-06-01T00:00:00Z'), to: new Date('2025-06-02T00:00:00Z') },
      from: '2025-06-01T00:00:00.000Z',
    },
  ])('$name', ({ memory, range, from }) => {
    expect(window.from({ config: {}, memory, domainNow, ...(range && { range }) })).toBe(from);
  });

  test('with an overlap from then on', () => {
    expect(window.memoryAtEnd({ config: {}, memory: undefined, domainNow })).toBe('2025-06-27T07:00:00.000Z');
  });
});
