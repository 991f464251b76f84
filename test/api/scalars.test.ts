import { describe, expect, test } from '@jest/globals';
import { parseValue } from 'graphql';
import { Cursor, DateTime, JsonScalar, SequenceNumber } from '../../schema/scalars/index.ts';

describe('DateTime', () => {
  test.each([
    ['2025-06-27T12:15:00+07:00', '2025-06-27T05:15:00.000Z'],
    ['2025-06-27T05:15:00Z', '2025-06-27T05:15:00.000Z'],
    ['2025-06-27t05:15:00.1234z', '2025-06-27T05:15:00.123Z'],
    ['2024-02-29T00:00:00-05:30', '2024-02-29T05:30:00.000Z'],
  ])('%s is a moment', (text, utc) => {
    expect(DateTime.serialize(DateTime.parseValue(text))).toBe(utc);
  });

  test.each([
    ['no zone', '2025-06-27T12:15:00'],
    ['no time', '2025-06-27'],
    ['30 February', '2025-02-30T00:00:00Z'],
    ['29 February of a common year', '2025-02-29T00:00:00Z'],
    ['hour 24', '2025-06-27T24:00:00Z'],
    ['month 13', '2025-13-01T00:00:00Z'],
    ['a number', 1_751_000_000_000],
    ['words', 'yesterday'],
    ['nothing', ''],
  ])('%s is refused, saying what would do', (_what, value) => {
    expect(() => DateTime.parseValue(value)).toThrow(/RFC 3339 time with a zone, such as/);
    expect(() => DateTime.parseLiteral(parseValue(JSON.stringify(value)))).toThrow(/RFC 3339/);
  });
});

describe('SequenceNumber', () => {
  test('takes and gives whole numbers that JSON carries exactly', () => {
    expect(SequenceNumber.parseValue(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(SequenceNumber.serialize('3000000000')).toBe(3_000_000_000);
    for (const wrong of [-1, 1.5, 2 ** 53, '7', Number.NaN])
      expect(() => SequenceNumber.parseValue(wrong)).toThrow(/whole number/);
  });
});

describe('Cursor', () => {
  test('is a text of bounded length', () => {
    expect(Cursor.parseValue('abc')).toBe('abc');
    for (const wrong of ['', 7, null, 'x'.repeat(2_001)]) expect(() => Cursor.parseValue(wrong)).toThrow(/cursor/i);
  });
});

describe('JSON', () => {
  test('reads literals with variables inside', () => {
    const literal = parseValue('{ a: [1, 2.5, true, null, "x", RED], b: { c: $d } }');
    expect(JsonScalar.parseLiteral(literal, { d: ['e'] })).toEqual({
      a: [1, 2.5, true, null, 'x', 'RED'],
      b: { c: ['e'] },
    });
  });
});
