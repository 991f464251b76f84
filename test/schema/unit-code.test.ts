import { describe, expect, test } from '@jest/globals';
import { totalCode, unitCode } from '../../schema/unit-code.ts';
import { loadPartyOperations, loadProvinces } from '../../seeds/facts.ts';

describe('the code of a unit', () => {
  test.each([
    { name: 'leaves marks out', given: 'Đắk Lắk', expected: 'FP-DAK-LAK' },
    { name: 'is the same for a decomposed name', given: 'Đắk Lắk'.normalize('NFD'), expected: 'FP-DAK-LAK' },
    { name: 'does not mind where a mark stands', given: 'Hoà Bình', expected: unitCode('former-province', 'Hòa Bình') },
    {
      name: 'does not mind dashes',
      given: 'Bà Rịa-Vũng Tàu',
      expected: unitCode('former-province', 'Bà Rịa - Vũng Tàu'),
    },
    { name: 'does not mind case and dots', given: 'TP. HỒ CHÍ MINH', expected: 'FP-TP-HO-CHI-MINH' },
  ])('$name', ({ given, expected }) => {
    expect(unitCode('former-province', given)).toBe(expected);
  });

  test('tells all units of June 2025 apart, and is short enough for a key', () => {
    const codes = [
      ...loadProvinces().provinces.flatMap(({ formerProvinces }) =>
        formerProvinces.map((name) => unitCode('former-province', name)),
      ),
      ...loadPartyOperations().centralUsage.map(({ unit }) => unitCode('central-body', unit)),
      totalCode('former-province'),
      totalCode('central-body'),
    ];
    expect(new Set(codes).size).toBe(63 + 12 + 2);
    for (const code of codes) expect(code).toMatch(/^[A-Z0-9-]{4,64}$/);
  });
});
