import { connectors } from '../../connectors/index.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import type { Surroundings } from '../sync/source-file/check-source.ts';

/** What the entries of a file of sources are checked against: every connector there is, and the provinces. */
export function sourceSurroundings(): Surroundings {
  const provinces = new Set(loadProvinces().provinces.map(({ code }) => code));
  return { connectors, provinces };
}
