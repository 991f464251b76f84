import type { MeasurementKind } from './measurement-kind.ts';

/** Health of one system of a province, of the 24 hours before a moment. */
const serviceHealth = {
  name: 'serviceHealth',
  table: 'service_health',
  key: ['province', 'system', 'vendor'],
  times: ['measuredAt'],
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
  table: 'usage_statistics',
  key: ['unit'],
  times: ['periodStart', 'periodEnd'],
  values: {
    users: 'integer',
    logins: 'integer',
    documentsIn: 'integer',
    documentsOut: 'integer',
    documentsPassedOn: 'integer',
  },
} as const satisfies MeasurementKind;

/** Every kind of measurement, by name. A new one is added here, in `observation.ts`, as an entity class and as a migration. */
export const measurementKinds = { serviceHealth, usageStatistics } as const satisfies Record<string, MeasurementKind>;

export type MeasurementKindName = keyof typeof measurementKinds;

export function isMeasurementKind(name: string): name is MeasurementKindName {
  return Object.hasOwn(measurementKinds, name);
}

/** The moments in the key of a measurement, by name and in the order of its kind. */
export function timesOf(measurement: { readonly kind: MeasurementKindName }): [name: string, time: Date][] {
  const kind: MeasurementKind = measurementKinds[measurement.kind];
  const members = measurement as unknown as Readonly<Record<string, Date>>;
  return kind.times.map((name) => [name, members[name] as Date]);
}
