import { describe, expect, test } from '@jest/globals';
import { cellNumber, dayMonthTime, decimalComma, excelTime } from '../../../connectors/kit/index.ts';
import { formatDayMonthTime } from '../../../connectors/kit/local-time.ts';

describe('a number with a decimal comma', () => {
  test.each([
    ['99,53', 99.53],
    ['0', 0],
    ['-1,5', -1.5],
    ['1.234,5', 1234.5],
    ['1.234.567', 1234567],
  ])('%s is %d', (text, value) => {
    expect(decimalComma.parse(text)).toBe(value);
  });

  test.each(['12.5', '1,234.5', '1.23', '', 'nhiều', '1,', '1e3', ' 1'])('%p is none', (text) => {
    expect(decimalComma.safeParse(text).success).toBe(false);
  });
});

test.each([
  { value: 12.5, is: 12.5 },
  { value: ' 12,5 ', is: 12.5 },
  { value: 'x', is: undefined },
  { value: null, is: undefined },
])('a cell with $value is the number $is', ({ value, is }) => {
  expect(cellNumber.safeParse(value).data).toBe(is);
});

describe('a time as people write it', () => {
  test.each([
    ['27/06/2025 08:00', '2025-06-27T01:00:00.000Z'],
    ['01/07/2025 00:00:01', '2025-06-30T17:00:01.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(dayMonthTime.parse(text).toISOString()).toBe(moment);
  });

  test.each(['31/06/2025 08:00', '27/06/2025 24:61', '2025-06-27 08:00', '06/27/2025 08:00', ''])(
    '%p is none',
    (text) => {
      expect(dayMonthTime.safeParse(text).success).toBe(false);
    },
  );

  test('is read back as it was written', () => {
    const moment = new Date('2025-06-30T17:00:01Z');
    expect(dayMonthTime.parse(formatDayMonthTime(moment))).toEqual(moment);
  });
});

describe('a time in a sheet', () => {
  test.each([
    { name: 'a number of days', value: 45835 + 1 / 3, moment: '2025-06-27T01:00:00.000Z' },
    { name: 'a formatted date', value: '2025-06-27T08:00:00', moment: '2025-06-27T01:00:00.000Z' },
    { name: 'text', value: '27/06/2025 08:00', moment: '2025-06-27T01:00:00.000Z' },
  ])('is $name', ({ value, moment }) => {
    expect(excelTime.parse(value).toISOString()).toBe(moment);
  });

  test.each([2025, 1e9, '2025-06-27T08:00:00Z', 'hôm qua', true])('%p is none', (value) => {
    expect(excelTime.safeParse(value).success).toBe(false);
  });
});
