/** What keeps accounts in the Party's document system: a province as it was before the merger, or a central body. */
export const UNIT_KINDS = ['former-province', 'central-body'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

const PREFIXES: Readonly<Record<UnitKind, string>> = { 'former-province': 'FP', 'central-body': 'CB' };

/**
 * The code of a unit, which its sources know by name only: `FP-BA-RIA-VUNG-TAU`. Marks, case and punctuation do not
 * count, so that the spellings of one name (NFD, `Hoà` and `Hòa`, with and without a spaced dash) give one code.
 */
export function unitCode(kind: UnitKind, name: string): string {
  const letters = name.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().replaceAll('Đ', 'D');
  return `${PREFIXES[kind]}-${letters.replace(/[^A-Z0-9]+/g, '-').replace(/^-|-$/g, '')}`;
}

/** The code under which the total that a source itself states of a kind of unit is kept: no unit, and never added to them. */
export function totalCode(kind: UnitKind): string {
  return `${PREFIXES[kind]}-TOTAL`;
}
