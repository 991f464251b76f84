import type { Observation } from '../../../schema/observation.ts';

/** Seconds since then fit below the numbers of corrections with room for the contract's version. */
const BEGINNING_MS = Date.UTC(2025, 0, 1);

/**
 * What has no time of its own counts as of when it came; of two that came at one moment of the domain, the one that the
 * hub received later counts. To be given the time of the first receipt also when a delivery is read again.
 */
export function orderByReceipt(observation: Observation, receivedAt: Date): Observation {
  if (observation.class !== 'fact' || observation.observedAt !== null) return observation;
  return { ...observation, revision: Math.floor((receivedAt.getTime() - BEGINNING_MS) / 1000) };
}
