import type { Observation, ObservationDetail } from '../../schema/observation.ts';
import { incidentOfColumns, mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { statusCodes, type UnitechHealth, type UnitechSystem } from './contract.ts';

const VENDOR = 'UNITECH';

export function mapSystem(row: UnitechSystem): Observation[] {
  return reportSystem({
    province: row['Mã tỉnh'],
    system: row['Mã hệ thống'],
    vendor: VENDOR,
    partners: row['Đơn vị phối hợp'],
    status: mapCode(statusCodes, row['Trạng thái']),
    note: row['Ghi chú'],
    incident: incidentOfColumns(row['Sự cố'], row['Sự cố từ'], row['Sự cố đến']),
    observedAt: row['Cập nhật lúc'],
    detail: detailOf(row),
  });
}

export function mapHealth(row: UnitechHealth): Observation[] {
  return reportHealth({
    province: row['Mã tỉnh'],
    system: row['Mã hệ thống'],
    vendor: VENDOR,
    measuredAt: row['Đo lúc'],
    uptimePercent: row['Hoạt động (%)'],
    cpuPercent: row['CPU (%)'],
    memoryPercent: row['Bộ nhớ (%)'],
    trafficMbps: row['Băng thông (Mbps)'],
    alerts: row['Cảnh báo'],
    detail: detailOf(row),
  });
}

const detailOf = (row: UnitechSystem | UnitechHealth): ObservationDetail =>
  markerDetail({
    simulated: row._sandbox_simulated === 'true',
    ...(row._sandbox_document && { document: row._sandbox_document }),
  });
