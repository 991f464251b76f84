import { describe, expect, test } from '@jest/globals';
import { toMarkdown } from '../../bench/harness/markdown.ts';
import { coverageObservations } from '../../bench/harness/observations.ts';
import { readOptions } from '../../bench/harness/options.ts';
import { median, percentile } from '../../bench/harness/statistics.ts';

describe('the benchmark', () => {
  test.each([
    ['the middle of an odd number', [3, 1, 2], 0.5, 2],
    ['the lower of an even number', [4, 3, 2, 1], 0.5, 2],
    ['the nearest rank', Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
    ['the only one', [7], 0.99, 7],
  ])('takes as percentile %s', (_name, numbers, share, expected) => {
    expect(percentile(numbers, share)).toBe(expected);
  });

  test('does not sort what it is given', () => {
    const numbers = [3, 1, 2];
    median(numbers);
    expect(numbers).toEqual([3, 1, 2]);
  });

  test('measures every part unless told which', () => {
    expect(readOptions([], ['fanout', 'ingest'])).toEqual({ only: ['fanout', 'ingest'], isQuick: false });
    expect(readOptions(['--only', 'ingest', '--quick'], ['fanout', 'ingest'])).toEqual({
      only: ['ingest'],
      isQuick: true,
    });
    expect(readOptions(['--help'], [])).toBe('help');
  });

  test('names a part that does not exist', () => {
    expect(() => readOptions(['--only', 'fnout'], ['fanout'])).toThrow('No such part: fnout. Known: fanout');
  });

  test('observes as many entities as it says, with other values in another round', () => {
    const [first, second] = [coverageObservations(1000), coverageObservations(1000, 1)];
    const keys = first.map(({ key }) => `${key.province}:${key.programme}`);
    expect(new Set(keys).size).toBe(1000);
    expect(second.every(({ attributes }, index) => attributes.offered !== first[index]?.attributes.offered)).toBe(true);
  });

  test('writes a page with ratios and targets', () => {
    const rows = [{ what: 'ours', value: 12.34, unit: 'µs', ratio: 1.2, against: 'bare ws', target: 'at most 1.25' }];
    const section = { name: 'a', title: 'A', setting: 'One.', rows, at: '2026-01-01T00:00:00Z', commit: 'abc' };
    expect(toMarkdown('v24', 'a machine', [section])).toContain('| ours | 12.3 µs | 1.20 × bare ws | at most 1.25 |');
  });
});
