import type {
  FactObservation,
  Observation,
  ObservationDetail,
  ServiceHealthMeasurement,
} from '../../schema/observation.ts';
import { type MappedCode, unmappedDetail } from './code-map.ts';
import { statementOrRetraction, statements } from './statements.ts';

/** What is, or was, in the way at a system. */
export interface IncidentReport {
  readonly description: string;
  /** Null where the upstream does not say. */
  readonly openedAt: Date | null;
  /** Left out or null while it is open. */
  readonly closedAt?: Date | null | undefined;
}

/** What stands for an open incident of which the vendor says no more. */
const UNDESCRIBED = 'Có sự cố, chưa có mô tả.';

/** A system of a province, as the vendor that runs it reports it. */
export interface SystemReport {
  readonly province: string;
  readonly system: string;
  readonly vendor: string;
  /** Those who run it together with the vendor; its word on who runs a system is complete. */
  readonly partners: readonly string[];
  /** Through the code map of the source. */
  readonly status: MappedCode<string>;
  /** Null or empty says that there is none, and takes back what was said before; undefined says nothing. */
  readonly note?: string | null | undefined;
  /**
   * The last incident. Null says that none is open, as of `observedAt`, and takes back what was said of one before;
   * undefined says nothing. A vendor that keeps naming an incident when it is over is better: its closing has a time.
   */
  readonly incident?: IncidentReport | null | undefined;
  readonly observedAt: Date | null;
  readonly detail?: ObservationDetail;
}

/** Who runs it, how far it is, what is noted of it and what is in its way; each may change by itself. */
export function reportSystem(report: SystemReport): Observation[] {
  const { province, system, vendor, partners, status, note, incident, observedAt, detail } = report;
  const base = { kind: 'deployment', key: { province, system }, observedAt, detail: { ...detail } } as const;
  return [
    ...statements(base, { vendors: [vendor, ...partners].sort() }),
    ...(note === undefined ? [] : [statementOrRetraction(base, 'note', note || undefined)]),
    ...(incident === undefined ? [] : [reportIncident(base.key, incident, { observedAt, ...(detail && { detail }) })]),
    ...statements({ ...base, detail: { ...detail, ...unmappedDetail(status) } }, { status: status.value }),
  ];
}

/**
 * An open incident is a difficulty as of when it began; one that is over takes it back as of its end, and none at all as
 * of `observedAt`. So the same report says the same whenever it is read. The document that states how far a system is
 * tells nothing of what is in its way.
 */
export function reportIncident(
  key: { readonly province: string; readonly system: string },
  incident: IncidentReport | null,
  { observedAt, detail: { document: _ofTheStatus, ...detail } = {} }: Pick<SystemReport, 'observedAt' | 'detail'>,
): FactObservation {
  const isOpen = incident !== null && !incident.closedAt;
  const at = incident ? (incident.closedAt ?? incident.openedAt) : observedAt;
  const base = { kind: 'deployment', key: { ...key }, observedAt: at, detail } as const;
  return statementOrRetraction(base, 'difficulty', isOpen ? incident.description || UNDESCRIBED : undefined);
}

/**
 * The incident of a row with columns for its description, beginning and end: an empty description says that there is
 * none, a column that is not there says nothing.
 */
export function incidentOfColumns(
  description: string | null | undefined,
  openedAt: Date | null | undefined,
  closedAt: Date | null | undefined,
): IncidentReport | null | undefined {
  if (description === undefined) return undefined;
  return description ? { description, openedAt: openedAt ?? null, closedAt } : null;
}

/**
 * The vendor no longer runs it: all that it has ever said of it is withdrawn, as of the moment it was asked. What it says
 * of it after that holds again, whatever time it has.
 */
export function retractSystem(key: { readonly province: string; readonly system: string }): Observation[] {
  return ['vendors', 'note', 'difficulty', 'status'].map((name) =>
    statementOrRetraction({ kind: 'deployment', key, observedAt: null }, name, undefined),
  );
}

/** Health of a system, of the 24 hours before `measuredAt`. */
export type HealthReport = ServiceHealthMeasurement['key'] &
  ServiceHealthMeasurement['values'] & { readonly measuredAt: Date; readonly detail?: ObservationDetail };

export function reportHealth(report: HealthReport): Observation[] {
  const { province, system, vendor, measuredAt, detail, ...values } = report;
  const { uptimePercent, cpuPercent, memoryPercent, trafficMbps, alerts } = values;
  return [
    {
      class: 'measurement',
      kind: 'serviceHealth',
      key: { province, system, vendor },
      measuredAt,
      values: { uptimePercent, cpuPercent, memoryPercent, trafficMbps, alerts },
      detail: { ...detail },
    },
  ];
}
