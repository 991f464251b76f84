import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentsFile, PartyOperationsFile, ProvincesFile, ReadinessFile } from './fact-types.ts';
import { findPackageRoot } from './package-root.ts';

/** The documents that the facts come from, as they stand in the provenance. */
export const DOCUMENTS = {
  deployments: '000_c634e2f28c838dea.txt',
  readiness: '001_48eabe5947b8b29c.txt',
  dispatch: '002_933596e667a2fed6.txt',
  partyOperations: '004_fa2bf9ec2f98880c.txt',
} as const;

const loaded = new Map<string, unknown>();

/** Reads a file of `seeds/data` once; every string in it is NFC. */
function load<T>(name: string): T {
  if (!loaded.has(name)) {
    const text = readFileSync(join(findPackageRoot(), 'seeds', 'data', `${name}.json`), 'utf8');
    loaded.set(name, JSON.parse(text.normalize('NFC')));
  }
  return loaded.get(name) as T;
}

export const loadProvinces = (): ProvincesFile => load('provinces');
export const loadDeployments = (): DeploymentsFile => load('deployments');
export const loadReadiness = (): ReadinessFile => load('readiness');
export const loadPartyOperations = (): PartyOperationsFile => load('party-operations');

export type * from './fact-types.ts';
