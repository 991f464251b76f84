import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail, reportHealth, reportSystem } from '../kit/index.ts';
import { statusCodes, type VnptHealth, type VnptSystem } from './contract.ts';

const VENDOR = 'VNPT';

export function mapSystem(record: VnptSystem): Observation[] {
  return reportSystem({
    province: record.provinceCode,
    system: record.systemCode,
    vendor: VENDOR,
    partners: record.partners,
    status: mapCode(statusCodes, record.status),
    note: record.note,
    incident: record.incident,
    observedAt: record.updatedAt,
    detail: markerDetail(record._sandbox),
  });
}

export function mapHealth({
  provinceCode,
  systemCode,
  remark: _forPeople,
  _sandbox,
  ...record
}: VnptHealth): Observation[] {
  return reportHealth({
    ...record,
    province: provinceCode,
    system: systemCode,
    vendor: VENDOR,
    detail: markerDetail(_sandbox),
  });
}
