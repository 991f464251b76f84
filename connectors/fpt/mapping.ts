import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { type FptDeployment, type FptMetrics, stateCodes } from './contract.ts';

const VENDOR = 'FPT';

export function mapDeployment({ site, open_incident: incident, _sandbox, ...record }: FptDeployment): Observation[] {
  return reportSystem({
    province: site.province_code,
    system: site.system_code,
    vendor: VENDOR,
    partners: record.co_operators,
    status: mapCode(stateCodes, record.state),
    note: record.remark,
    incident: incident && { description: incident.summary, openedAt: incident.since },
    observedAt: record.modified_at,
    detail: markerDetail(_sandbox),
  });
}

export function mapMetrics({ site, peak, _sandbox, ...record }: FptMetrics): Observation[] {
  return reportHealth({
    province: site.province_code,
    system: site.system_code,
    vendor: VENDOR,
    measuredAt: record.window_end,
    uptimePercent: record.availability_pct,
    cpuPercent: peak.cpu_pct,
    memoryPercent: peak.mem_pct,
    trafficMbps: peak.net_mbps,
    alerts: record.alert_count,
    detail: markerDetail(_sandbox),
  });
}
