import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { type MobifoneHealth, type MobifoneSystem, statusCodes } from './contract.ts';

const VENDOR = 'MOBIFONE';

export function mapSystem({ SuCo: incident, ...record }: MobifoneSystem): Observation[] {
  return reportSystem({
    province: record.TinhThanh,
    system: record.Loai,
    vendor: VENDOR,
    partners: record.PhoiHop,
    status: mapCode(statusCodes, record.TrangThai),
    note: record.GhiChu ?? null,
    incident: incident ? { description: incident.MoTa, openedAt: incident['@tu'], closedAt: incident['@den'] } : null,
    observedAt: record.CapNhatLuc,
    detail: detailOf(record.NguonMau),
  });
}

export function mapHealth(record: MobifoneHealth): Observation[] {
  return reportHealth({
    province: record.TinhThanh,
    system: record.Loai,
    vendor: VENDOR,
    measuredAt: record.DoLuc,
    uptimePercent: record.HoatDong,
    cpuPercent: record.TaiCpu,
    memoryPercent: record.TaiBoNho,
    trafficMbps: record.BangThongMbps,
    alerts: record.SoCanhBao,
    detail: detailOf(record.NguonMau),
  });
}

const detailOf = (marker: MobifoneSystem['NguonMau']) =>
  markerDetail({ simulated: marker?.['@moPhong'] === 'true', document: marker?.['@vanBan'] });
