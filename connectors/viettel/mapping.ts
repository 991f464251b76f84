import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportIncident, reportSystem } from '../kit/index.ts';
import { statusCodes, type ViettelEvent, type ViettelHealth, type ViettelSystem } from './contract.ts';

const VENDOR = 'VIETTEL';

export function mapSystem({ _sandbox, ...record }: ViettelSystem): Observation[] {
  return reportSystem({
    ...record,
    vendor: VENDOR,
    status: mapCode(statusCodes, record.status),
    observedAt: record.updatedAt,
    detail: markerDetail(_sandbox),
  });
}

/** A change of status, or what is in the way at a system from now on, or no more. */
export function mapEvent(record: ViettelEvent): Observation[] {
  if (record.event === 'SYSTEM_STATUS_CHANGED') return mapSystem(record.system);
  const { province, system, incident } = record;
  return [
    reportIncident({ province, system }, incident, { observedAt: null, detail: markerDetail(incident._sandbox) }),
  ];
}

export function mapHealth({ _sandbox, ...record }: ViettelHealth): Observation[] {
  return reportHealth({
    province: record.province,
    system: record.system,
    vendor: VENDOR,
    measuredAt: record.measuredAt,
    uptimePercent: record.availability,
    cpuPercent: record.cpuPeak,
    memoryPercent: record.ramPeak,
    trafficMbps: record.bandwidthPeakMbps,
    alerts: record.alarms,
    detail: markerDetail(_sandbox),
  });
}
