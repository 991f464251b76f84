import type { FactKind } from './fact-kind.ts';
import {
  criterionCountKind,
  deploymentKind,
  linkKind,
  readinessKind,
  serviceCoverageKind,
  vendorCountKind,
} from './facts.ts';

/** Every kind of fact, by name. A new kind is added here, as an entity class, and as a step in `schema/migrations`. */
export const factKinds = {
  deployment: deploymentKind,
  readiness: readinessKind,
  link: linkKind,
  serviceCoverage: serviceCoverageKind,
  vendorCount: vendorCountKind,
  criterionCount: criterionCountKind,
} as const satisfies Record<string, FactKind>;

export type FactKindName = keyof typeof factKinds;

export const factKindNames = Object.keys(factKinds) as FactKindName[];

/** The kind of that name, or undefined for a name that is none. */
export function findFactKind(name: string): FactKind | undefined {
  return Object.hasOwn(factKinds, name) ? factKinds[name as FactKindName] : undefined;
}
