import type { Observation } from '../../schema/observation.ts';
import { incidentOfColumns, mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { statusCodes, type TandanHealth, type TandanSystem } from './contract.ts';

const VENDOR = 'TANDAN';

export function mapSystem(record: TandanSystem): Observation[] {
  return reportSystem({
    province: record.ma_tinh,
    system: record.ma_he_thong,
    vendor: VENDOR,
    partners: record.phoi_hop,
    status: mapCode(statusCodes, record.tinh_trang),
    note: record.ghi_chu,
    incident: incidentOfColumns(record.su_co, record.su_co_tu, record.su_co_den),
    observedAt: record.ngay_cap_nhat,
    detail: markerDetail(record._sandbox),
  });
}

export function mapHealth(record: TandanHealth): Observation[] {
  return reportHealth({
    province: record.ma_tinh,
    system: record.ma_he_thong,
    vendor: VENDOR,
    measuredAt: record.thoi_diem,
    uptimePercent: record.ty_le_hoat_dong,
    cpuPercent: record.cpu,
    memoryPercent: record.bo_nho,
    trafficMbps: record.luu_luong_mbps,
    alerts: record.so_canh_bao,
    detail: markerDetail(record._sandbox),
  });
}
