import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { type InetHealth, type InetSystem, phaseCodes } from './contract.ts';

const VENDOR = 'INET';
/** Without what reckoning in binary adds: 0.9951 is 99.51 %. */
const percent = (share: number): number => Number((share * 100).toFixed(6));

export function mapSystem({ lastIncident: last, ...record }: InetSystem): Observation[] {
  return reportSystem({
    province: record.province.code,
    system: record.product,
    vendor: VENDOR,
    partners: record.sharedWith,
    status: mapCode(phaseCodes, record.phase),
    note: record.comment,
    incident: last && { description: last.summary, openedAt: last.startedAt, closedAt: last.resolvedAt },
    observedAt: record.changedAt,
    detail: markerDetail(record._sandbox),
  });
}

export function mapHealth({ load, ...record }: InetHealth): Observation[] {
  return reportHealth({
    province: record.province.code,
    system: record.product,
    vendor: VENDOR,
    measuredAt: record.takenAt,
    uptimePercent: percent(record.uptime),
    cpuPercent: percent(load.cpu),
    memoryPercent: percent(load.memory),
    trafficMbps: load.trafficMbps,
    alerts: record.alerts,
    detail: markerDetail(record._sandbox),
  });
}
