import type { Observation } from '../../schema/observation.ts';
import { type MapContext, mapCode, markerDetail, reportLink, requireProvince } from '../kit/index.ts';
import { type Connection, stateCodes } from './contract.ts';

/** What the platform says of one connection. An instance speaks of its own province and of no other. */
export function mapConnection(record: Connection, { config }: MapContext<{ province: string }>): Observation[] {
  const { ProvinceCode: province, CheckedAt: observedAt } = record.dau;
  requireProvince(province, config, 'dau.ProvinceCode');
  return reportLink({
    province,
    target: record.TargetCode,
    state: mapCode(stateCodes, record.TrangThai),
    latencyMs: record.LatencyMs,
    lastSuccessAt: record.LastSuccess,
    note: record.Detail,
    observedAt,
    detail: markerDetail(record._sandbox),
  });
}
