import type { Observation } from '../../schema/observation.ts';
import { incidentOfColumns, mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { INDICATORS, type SongDaHealth, type SongDaPart, type SongDaSystem, statusCodes } from './contract.ts';

const VENDOR = 'SONGDA10';
const DAY_MS = 86_400_000;

export function mapPart(record: SongDaPart): Observation[] {
  if (record.part === 'health') return mapHealth(record);
  // People change a cell and leave the time beside it as it was: then the later workbook holds.
  const revision = Math.floor(record['Đo lúc'].getTime() / DAY_MS);
  return mapSystem(record).map((said) => (said.class === 'fact' ? { ...said, revision } : said));
}

function mapSystem(record: SongDaSystem): Observation[] {
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

function mapHealth(record: SongDaHealth): Observation[] {
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
