import type { Observation } from '../../schema/observation.ts';
import type { Fault } from './prepare-observation.ts';
import type { ReferenceCodes } from './reference-codes.ts';

/** Provinces that a source, or the key that sends for it, is limited to. */
export interface Scope {
  readonly of: 'source' | 'key';
  readonly provinces: readonly string[];
}

/** Why an observation is not of those it may be of; a unit is of the province that it is part of. */
export function checkScopes(
  observation: Observation,
  { scopes, references }: { readonly scopes: readonly Scope[]; readonly references: ReferenceCodes },
): Fault | undefined {
  if (scopes.length === 0) return undefined;
  const { province: named, unit } = observation.key as { province?: string; unit?: string };
  const province = named ?? (unit === undefined ? undefined : references.unit.get(unit));
  const scope = scopes.find(({ provinces }) => !province || !provinces.includes(province));
  if (!scope) return undefined;
  const { of, provinces } = scope;
  const reason = province
    ? `the ${of} speaks of ${provinces.join(', ')} only, not of "${province}"`
    : `it is about no province, and the ${of} is`;
  return {
    reason,
    path: named === undefined && unit !== undefined ? 'key.unit' : 'key.province',
    ...(of === 'source' && { isBeyondSource: true }),
  };
}
