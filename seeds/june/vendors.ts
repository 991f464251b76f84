import { type DeploymentFact, DOCUMENTS, loadDeployments, type StatedStatus, type SystemCode } from '../facts.ts';
import { chance } from './chance.ts';
import { completionTimes } from './completion.ts';
import { type IncidentRow, lastIncidentAt } from './incidents.ts';
import { DEPLOYMENT_REPORT_AT, dayOf, HOUR_MS, JUNE_END, JUNE_START, momentOn } from './moments.ts';

/** `SELF`: systems that provinces run themselves. */
export const SELF = 'SELF';

export interface VendorSystemRow {
  readonly province: string;
  readonly system: SystemCode;
  /** The others who run it with the vendor. */
  readonly partners: readonly string[];
  readonly status: Exclude<StatedStatus, 'UNKNOWN'>;
  /** Undefined where there is none, or the appendix has one of its own. */
  readonly note: string | undefined;
  /** When the vendor last changed the entry. */
  readonly updatedAt: Date;
  /** The document that states the status; undefined where it is simulated. */
  readonly document: string | undefined;
  /** The last one so far; null where there has been none. No document states it. */
  readonly incident: IncidentRow | null;
}

export interface VendorHealthRow {
  readonly province: string;
  readonly system: SystemCode;
  readonly measuredAt: Date;
  readonly uptimePercent: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
  readonly trafficMbps: number;
  readonly alerts: number;
}

/** The criterion that a system's being ready for two tiers goes with. */
const READY_CRITERION: Record<SystemCode, string> = {
  TTHC: 'TTHC_CONFIGURED',
  QLVB: 'QLVB_ORG_CONFIGURED',
  HOP: 'HOP_READY',
  LGSP: 'LGSP_READY',
  BAOCAO: 'BAOCAO_READY',
};
const OFFICIAL_OPERATION_AT = new Date('2025-06-30T21:00:00+07:00');
/** What a vendor notes while it works on a system; a note that has served its turn is cleared. */
const NOTES = {
  PREPARING: undefined,
  CONFIGURING: 'Đang cấu hình cho mô hình hai cấp.',
  PILOT: 'Đang chạy thử với các xã, phường.',
  READY: undefined,
  OPERATING: undefined,
} as const;

/**
 * What the documents say elsewhere than in the appendix, and the vendor says with them: Unitech has Khánh Hòa in the
 * summary, and Bắc Ninh is listed for Hapro alone.
 */
const CLAIMED: readonly { vendor: string; province: string; system: SystemCode; partners: readonly string[] }[] = [
  { vendor: 'UNITECH', province: '56', system: 'QLVB', partners: [] },
  { vendor: 'HAPRO', province: '24', system: 'HOP', partners: [] },
];

interface Claim {
  readonly deployment: DeploymentFact;
  readonly partners: readonly string[];
}

/** The deployments that a vendor says it runs, and with whom, in the order of the appendix. */
function claimsOf(vendor: string): Claim[] {
  return loadDeployments().deployments.flatMap((deployment) => {
    const { province, system, vendors } = deployment;
    const own = CLAIMED.find((c) => c.vendor === vendor && c.province === province && c.system === system);
    if (own) return [{ deployment, partners: own.partners }];
    return vendors.includes(vendor) ? [{ deployment, partners: vendors.filter((partner) => partner !== vendor) }] : [];
  });
}

/**
 * What a vendor says it runs: the deployments whose vendors include it in the appendix, and those that a document gives
 * it elsewhere. The status is the appendix's where it states one; else simulated, ready no earlier than the province
 * completes the criterion that goes with the system, and the same whichever vendor tells it.
 */
export function vendorSystemsAt(vendor: string, at: Date, seed: number): VendorSystemRow[] {
  return claimsOf(vendor).map(({ deployment, partners }) => {
    const { province, system } = deployment;
    const base = { province, system, partners, incident: lastIncidentAt(at, province, system, seed) };
    if (deployment.status !== 'UNKNOWN') {
      const stated = { status: deployment.status, note: undefined, document: DOCUMENTS.deployments };
      return { ...base, ...stated, updatedAt: DEPLOYMENT_REPORT_AT };
    }
    const [status, updatedAt] = progressAt(at, seed, province, system);
    return { ...base, status, note: NOTES[status], updatedAt, document: undefined };
  });
}

/** When a vendor last had anything new to say of a system: of how far it is, or of what is in its way. */
export function lastChangeOf({ updatedAt, incident }: VendorSystemRow): Date {
  const moment = incident && (incident.closedAt ?? incident.openedAt);
  return moment && moment > updatedAt ? moment : updatedAt;
}

function progressAt(at: Date, seed: number, province: string, system: SystemCode) {
  const readyAt = completionTimes(seed).get(READY_CRITERION[system])?.get(province) ?? JUNE_END;
  const pilotAt = new Date(
    readyAt.getTime() - (4 + Math.floor(20 * chance(seed, province, system, 'pilot'))) * HOUR_MS,
  );
  const lagMs = Math.floor(chance(seed, province, system, 'operating') * 12) * HOUR_MS;
  const operatingAt = new Date(Math.max(readyAt.getTime(), OFFICIAL_OPERATION_AT.getTime()) + lagMs);
  const steps = [
    ['OPERATING', operatingAt],
    ['READY', readyAt],
    ['PILOT', pilotAt],
  ] as const;
  const reached = steps.find(([, moment]) => moment <= at);
  return reached ?? (['CONFIGURING', new Date(Math.min(DEPLOYMENT_REPORT_AT.getTime(), pilotAt.getTime()))] as const);
}

/** The daily health report, due at 08:00 for the 24 hours before: those measured after `since` and up to `at`. */
export function vendorHealthAt(
  vendor: string,
  at: Date,
  seed: number,
  since: Date = new Date(JUNE_START.getTime() - 1),
): VendorHealthRow[] {
  const claims = claimsOf(vendor);
  const rows: VendorHealthRow[] = [];
  for (let day = JUNE_START; day <= at; day = new Date(day.getTime() + 24 * HOUR_MS)) {
    const measuredAt = momentOn(dayOf(day), '08:00');
    if (measuredAt > since && measuredAt <= at)
      rows.push(...claims.map((one) => healthOf(vendor, one.deployment, measuredAt, seed)));
  }
  return rows;
}

function healthOf(
  vendor: string,
  { province, system }: DeploymentFact,
  measuredAt: Date,
  seed: number,
): VendorHealthRow {
  const of = (what: string): number => chance(seed, vendor, province, system, measuredAt.getTime(), what);
  const hadTrouble = of('trouble') < 0.05;
  return {
    province,
    system,
    measuredAt,
    uptimePercent: round(hadTrouble ? 95 + 4 * of('uptime') : 99.5 + 0.5 * of('uptime')),
    cpuPercent: round(25 + (hadTrouble ? 70 : 45) * of('cpu')),
    memoryPercent: round(40 + 45 * of('memory')),
    trafficMbps: round(10 + 400 * of('traffic')),
    alerts: hadTrouble ? 1 + Math.floor(5 * of('alerts')) : 0,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
