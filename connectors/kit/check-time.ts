import { timesOf } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import { RecordError } from './record-error.ts';

/**
 * How far in the domain's future an observation may claim to lie, since clocks differ a little. Beyond this a time is wrong,
 * and would stand above every true statement until it is reached.
 */
export const FUTURE_TOLERANCE_MS = 10 * 60_000;

/**
 * @param record what the observation was made of, as the contract gives it: there the field is looked up that has the time.
 * @throws RecordError for a time that lies in the future, naming the field.
 */
export function checkTime(observation: Observation, record: unknown, domainNow: Date): void {
  const at = observation.class === 'measurement' ? timesOf(observation).at(-1)?.[1] : observation.observedAt;
  const aheadMs = at ? at.getTime() - domainNow.getTime() : 0;
  if (!at || aheadMs <= FUTURE_TOLERANCE_MS) return;
  throw new RecordError(`its time lies ${Math.round(aheadMs / 60_000)} min in the future`, pathOf(record, at));
}

/** Where in a record a moment stands, e.g. `incident.openedAt`; undefined for one that was reckoned. */
function pathOf(value: unknown, moment: Date): string | undefined {
  if (value instanceof Date) return value.getTime() === moment.getTime() ? '' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const below = pathOf(member, moment);
    if (below === undefined) continue;
    const step = Array.isArray(value) ? `[${name}]` : name;
    return below === '' || below.startsWith('[') ? `${step}${below}` : `${step}.${below}`;
  }
  return undefined;
}
