import { type DeploymentFact, DOCUMENTS, loadDeployments, type StatedStatus, type SystemCode } from '../facts.ts';
import { chance } from './chance.ts';
import { completionTimes } from './completion.ts';
import { DEPLOYMENT_REPORT_AT, dayOf, HOUR_MS, JUNE_END, JUNE_START, momentOn } from './moments.ts';

export const VNPT = 'VNPT';

export interface VnptSystemRow {
  readonly province: string;
  readonly system: SystemCode;
  /** The others who run it with VNPT. */
  readonly partners: readonly string[];
  readonly status: Exclude<StatedStatus, 'UNKNOWN'>;
  /** Undefined where the appendix has a note of its own. */
  readonly note: string | undefined;
  /** When VNPT last changed the entry. */
  readonly updatedAt: Date;
  /** The document that states the status; undefined where it is simulated. */
  readonly document: string | undefined;
}

export interface VnptHealthRow {
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
const NOTES = {
  PREPARING: undefined,
  CONFIGURING: 'Đang cấu hình cho mô hình hai cấp.',
  PILOT: 'Đang chạy thử với các xã, phường.',
  READY: 'Đã sẵn sàng, chờ chuyển sang vận hành chính thức.',
  OPERATING: 'Đã vận hành chính thức.',
} as const;

const run = (): DeploymentFact[] => loadDeployments().deployments.filter(({ vendors }) => vendors.includes(VNPT));

/**
 * What VNPT says it runs: exactly the deployments whose vendors include it. The status is the appendix's where it states
 * one; else simulated, ready no earlier than the province completes the criterion that goes with the system.
 */
export function vnptSystemsAt(at: Date, seed: number): VnptSystemRow[] {
  return run().map((deployment) => {
    const { province, system } = deployment;
    const base = { province, system, partners: deployment.vendors.filter((vendor) => vendor !== VNPT) };
    if (deployment.status !== 'UNKNOWN') {
      const stated = { status: deployment.status, note: undefined, document: DOCUMENTS.deployments };
      return { ...base, ...stated, updatedAt: DEPLOYMENT_REPORT_AT };
    }
    const [status, updatedAt] = progressAt(at, seed, province, system);
    return { ...base, status, note: NOTES[status], updatedAt, document: undefined };
  });
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
export function vnptHealthAt(
  at: Date,
  seed: number,
  since: Date = new Date(JUNE_START.getTime() - 1),
): VnptHealthRow[] {
  const rows: VnptHealthRow[] = [];
  for (let day = JUNE_START; day < JUNE_END; day = new Date(day.getTime() + 24 * HOUR_MS)) {
    const measuredAt = momentOn(dayOf(day), '08:00');
    if (measuredAt > since && measuredAt <= at) rows.push(...run().map((one) => healthOf(one, measuredAt, seed)));
  }
  return rows;
}

function healthOf({ province, system }: DeploymentFact, measuredAt: Date, seed: number): VnptHealthRow {
  const of = (what: string): number => chance(seed, province, system, measuredAt.getTime(), what);
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
