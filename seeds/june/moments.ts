/** The moments of June 2025 that the documents fix, in the local time of Viet Nam (+07:00, no summer time). */
export const JUNE_START = new Date('2025-06-25T00:00:00+07:00');
export const JUNE_END = new Date('2025-07-02T00:00:00+07:00');
/** From here on the dispatch's four counts hold. */
export const DISPATCH_AT = new Date('2025-06-25T00:00:00+07:00');
/** The report's "yesterday". */
export const YESTERDAY_AT = new Date('2025-06-26T12:15:00+07:00');
/** The report itself. */
export const REPORT_AT = new Date('2025-06-27T12:15:00+07:00');
/** The end of the reporting day of the report on deployments, which is undated: the latest day that it tells of as past. */
export const DEPLOYMENT_REPORT_AT = new Date('2025-06-23T17:00:00+07:00');
/** Two-tier government begins; simulated work is done by then, but for a few stragglers. */
export const TWO_TIER_AT = new Date('2025-07-01T00:00:00+07:00');

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const OFFSET_MS = 7 * HOUR_MS;

/** The local day of a moment, `YYYY-MM-DD`. */
export function dayOf(moment: Date): string {
  return new Date(moment.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** A local time of day on a local day, e.g. `momentOn('2025-06-28', '12:15')`. */
export function momentOn(day: string, time: string): Date {
  return new Date(`${day}T${time}:00+07:00`);
}
