import type { Observation } from '../../schema/observation.ts';
import { incidentOfColumns, mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { INDICATORS, type SongDaHealth, type SongDaSystem, statusCodes } from './contract.ts';

const VENDOR = 'SONGDA10';

export function mapSystem(record: SongDaSystem): Observation[] {
  return reportSystem({
    province: record['Tỉnh, thành phố'],
    system: record['Hệ thống'],
    vendor: VENDOR,
    partners: record['Đơn vị phối hợp'],
    status: mapCode(statusCodes, record['Tình trạng']),
    note: record['Ghi chú'],
    incident: incidentOfColumns(record['Sự cố'], record['Sự cố từ'], record['Sự cố đến']),
    observedAt: record['Cập nhật'],
    detail: markerDetail({
      simulated: record._sandbox_simulated === true,
      ...(record._sandbox_document && { document: record._sandbox_document }),
    }),
  });
}

export function mapHealth(record: SongDaHealth): Observation[] {
  const { 'Giá trị': values } = record;
  return reportHealth({
    province: record['Tỉnh, thành phố'],
    system: record['Hệ thống'],
    vendor: VENDOR,
    measuredAt: record['Đo lúc'],
    uptimePercent: values[INDICATORS.uptimePercent],
    cpuPercent: values[INDICATORS.cpuPercent],
    memoryPercent: values[INDICATORS.memoryPercent],
    trafficMbps: values[INDICATORS.trafficMbps],
    alerts: values[INDICATORS.alerts],
    detail: markerDetail({ simulated: record._sandbox_simulated === true }),
  });
}
