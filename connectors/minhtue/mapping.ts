import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { type MinhTueHealth, type MinhTueSystem, statusCodes } from './contract.ts';

const VENDOR = 'MINHTUE';

export function mapSystem({ cua, phoiHop, tinhTrang, ghiChu, luc, suCo, _sandbox }: MinhTueSystem): Observation[] {
  return reportSystem({
    province: cua.tinh,
    system: cua.heThong,
    vendor: VENDOR,
    partners: phoiHop,
    status: mapCode(statusCodes, tinhTrang),
    note: ghiChu,
    incident: suCo && { description: suCo.moTa, openedAt: suCo.tu, closedAt: suCo.den },
    observedAt: luc,
    detail: markerDetail(_sandbox),
  });
}

export function mapHealth({ cua, luc, hoatDong, dinh, canhBao, _sandbox }: MinhTueHealth): Observation[] {
  return reportHealth({
    province: cua.tinh,
    system: cua.heThong,
    vendor: VENDOR,
    measuredAt: luc,
    uptimePercent: hoatDong,
    cpuPercent: dinh.cpu,
    memoryPercent: dinh.ram,
    trafficMbps: dinh.mbps,
    alerts: canhBao,
    detail: markerDetail(_sandbox),
  });
}
