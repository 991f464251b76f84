import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportIncident, reportSystem } from '../kit/index.ts';
import { type HaproEvent, statusCodes } from './contract.ts';

export const VENDOR = 'HAPRO';

export function mapEvent(event: HaproEvent): Observation[] {
  const key = { province: event.maTinh, system: event.maHeThong, vendor: VENDOR };
  const detail = { ...markerDetail(event._sandbox), correlationId: event.maSuKien };
  if (event.loai === 'TRANG_THAI') {
    return reportSystem({
      ...key,
      partners: event.donViPhoiHop,
      status: mapCode(statusCodes, event.trangThai),
      note: event.ghiChu,
      observedAt: event.thoiDiem,
      detail,
    });
  }
  if (event.loai === 'SU_CO') {
    const incident = { description: event.moTa, openedAt: event.batDau, closedAt: event.ketThuc };
    return [reportIncident({ province: key.province, system: key.system }, incident, { observedAt: null, detail })];
  }
  return reportHealth({
    ...key,
    measuredAt: event.thoiDiem,
    uptimePercent: event.tyLeSanSang,
    cpuPercent: event.cpu,
    memoryPercent: event.boNho,
    trafficMbps: event.luuLuongMbps,
    alerts: event.soCanhBao,
    detail,
  });
}
