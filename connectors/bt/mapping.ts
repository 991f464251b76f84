import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportSystem, retractSystem } from '../kit/index.ts';
import { type BtHealth, type BtSystemChange, statusCodes } from './contract.ts';

const VENDOR = 'BT';

export function mapSystemChange(record: BtSystemChange): Observation[] {
  if (record.change === 'removed') return retractSystem(record['@id']);
  const { SuCoGanNhat: incident } = record;
  return reportSystem({
    province: record.TinhThanh.Ma,
    system: record.LoaiHeThong,
    vendor: VENDOR,
    partners: record.DonViCungVanHanh,
    status: mapCode(statusCodes, record.TinhTrang),
    note: record.GhiChu,
    incident: incident && { description: incident.MoTa, openedAt: incident.BatDau, closedAt: incident.KetThuc },
    observedAt: record.CapNhat,
    detail: markerDetail(record._sandbox),
  });
}

export function mapHealth(record: BtHealth): Observation[] {
  return reportHealth({
    province: record.TinhThanhMa,
    system: record.LoaiHeThong,
    vendor: VENDOR,
    measuredAt: record.DoLuc,
    uptimePercent: record.TyLeHoatDong,
    cpuPercent: record.MayChu.Cpu,
    memoryPercent: record.MayChu.BoNho,
    trafficMbps: record.BangThongMbps,
    alerts: record.SoCanhBao,
    detail: markerDetail(record._sandbox),
  });
}
