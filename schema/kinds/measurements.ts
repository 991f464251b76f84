import type { MeasurementKind } from './measurement-kind.ts';

/** Health of one system of a province, of the 24 hours before a moment. */
const serviceHealth = {
  name: 'serviceHealth',
  typeName: 'ServiceHealth',
  table: 'service_health',
  key: ['province', 'system', 'vendor'],
  times: ['measuredAt'],
  partitions: 'month',
  values: {
    uptimePercent: 'number',
    cpuPercent: 'number',
    memoryPercent: 'number',
    trafficMbps: 'number',
    alerts: 'integer',
  },
} as const satisfies MeasurementKind;

/** Use of the Party's document system by one unit in a period. */
const usageStatistics = {
  name: 'usageStatistics',
  typeName: 'UsageStatistics',
  table: 'usage_statistics',
  key: ['unit'],
  times: ['periodStart', 'periodEnd'],
  partitions: 'month',
  values: {
    users: 'integer',
    logins: 'integer',
    documentsIn: 'integer',
    documentsOut: 'integer',
    documentsPassedOn: 'integer',
  },
} as const satisfies MeasurementKind;

/**
 * Dossiers of one procedure on one day: of a commune, or of the province as a whole. Communes are named by whatever code
 * the source has for them. What changes of it in the log is the day of a province, added up.
 */
const dossierStatistics = {
  name: 'dossierStatistics',
  typeName: 'DossierDay',
  table: 'dossier_statistics',
  key: ['province', 'commune', 'procedure'],
  optional: ['commune'],
  times: ['day'],
  partitions: 'day',
  values: { received: 'integer', online: 'integer', onTime: 'integer', overdue: 'integer' },
} as const satisfies MeasurementKind;

/** Every kind of measurement, by name. A new one is added here, in `observation.ts`, as an entity class and as a migration. */
export const measurementKinds = { serviceHealth, usageStatistics, dossierStatistics } as const satisfies Record<
  string,
  MeasurementKind
>;

export type MeasurementKindName = keyof typeof measurementKinds;

export function isMeasurementKind(name: string): name is MeasurementKindName {
  return Object.hasOwn(measurementKinds, name);
}

/** The kind of that name, or undefined for a name that is none. */
export function findMeasurementKind(name: string): MeasurementKind | undefined {
  return isMeasurementKind(name) ? measurementKinds[name] : undefined;
}

/** The moments in the key of a measurement, by name and in the order of its kind. */
export function timesOf(measurement: { readonly kind: MeasurementKindName }): [name: string, time: Date][] {
  const kind: MeasurementKind = measurementKinds[measurement.kind];
  const members = measurement as unknown as Readonly<Record<string, Date>>;
  return kind.times.map((name) => [name, members[name] as Date]);
}
