import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { type BkavDeployment, type BkavHealthReport, phaseCodes } from './contract.ts';

const VENDOR = 'BKAV';

export function mapDeployment({ incident, ...record }: BkavDeployment): Observation[] {
  return reportSystem({
    province: record.province.id,
    system: record['system-code'],
    vendor: VENDOR,
    partners: record.partners.map(({ id }) => id),
    status: mapCode(phaseCodes, record.phase),
    note: record.note,
    incident: incident && {
      description: incident.summary,
      openedAt: incident['opened-at'],
      closedAt: incident['closed-at'],
    },
    observedAt: record['changed-at'],
    detail: markerDetail(record.meta?._sandbox),
  });
}

export function mapHealthReport(record: BkavHealthReport): Observation[] {
  const { peak, deployment } = record;
  return reportHealth({
    province: deployment.province.id,
    system: deployment['system-code'],
    vendor: VENDOR,
    measuredAt: record['measured-at'],
    uptimePercent: percent(record.availability),
    cpuPercent: percent(peak.cpu),
    memoryPercent: percent(peak.memory),
    trafficMbps: peak['traffic-kbps'] / 1000,
    alerts: record['alert-count'],
    detail: markerDetail(record.meta?._sandbox),
  });
}

/** A share as percent; rounded, since 0.9953 × 100 is 99.53000000000001. */
const percent = (share: number): number => Math.round(share * 1e8) / 1e6;
