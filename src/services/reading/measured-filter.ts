import type { LoggedChange } from '../../live/change-source.ts';
import { type DossierDayFilter, partsOfDayKey } from './dossiers.ts';
import { keyOfMeasured } from './measured-change.ts';
import type { ReferenceData } from './reference-data.ts';
import type { ServiceHealthFilter } from './service-health.ts';
import type { UsageFilter } from './usage-statistics.ts';

/** Whether a change passes; filters of measurements go by the key, which both sides of a change share. */
type Passes = (change: LoggedChange) => boolean;

const DAY_MS = 24 * 3_600_000;

const listed = (codes: readonly string[] | null | undefined, code: string | null | undefined): boolean =>
  !codes || (code != null && codes.includes(code));
const within = (start: Date, end: Date, { from, to }: { from?: Date | null; to?: Date | null }): boolean =>
  (!from || start >= from) && (!to || end <= to);

export function healthPredicate(filter: ServiceHealthFilter, reference: ReferenceData): Passes {
  const provinces = filter.provinces && reference.codes('Province', filter.provinces);
  const systems = filter.systems && reference.codes('System', filter.systems);
  const vendors = filter.vendors && reference.codes('Vendor', filter.vendors);
  return ({ entityId }) => {
    const { province, system, vendor } = keyOfMeasured('serviceHealth', entityId) as Record<string, string>;
    return listed(provinces, province) && listed(systems, system) && listed(vendors, vendor);
  };
}

export function usagePredicate(filter: UsageFilter, reference: ReferenceData): Passes {
  const units = filter.units && reference.codes('Unit', filter.units);
  const provinces = filter.provinces && reference.codes('Province', filter.provinces);
  return ({ entityId, province }) => {
    const { unit, periodStart, periodEnd } = keyOfMeasured('usageStatistics', entityId) as {
      unit: string;
      periodStart: Date;
      periodEnd: Date;
    };
    const kind = reference.find('Unit', unit)?.kind;
    return (
      // What holds the totals that a source states is no unit, and `usageStatistics` does not list it.
      kind !== undefined &&
      listed(units, unit) &&
      listed(filter.kinds, kind) &&
      listed(provinces, province) &&
      within(periodStart, periodEnd, filter)
    );
  };
}

export function dossierDayPredicate(filter: DossierDayFilter, reference: ReferenceData): Passes {
  const provinces = filter.provinces && reference.codes('Province', filter.provinces);
  return ({ entityId, province }) => {
    const day = partsOfDayKey(entityId)?.day;
    return day !== undefined && listed(provinces, province) && within(day, new Date(day.getTime() + DAY_MS), filter);
  };
}
