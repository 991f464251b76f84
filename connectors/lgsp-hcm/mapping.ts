import type { Observation } from '../../schema/observation.ts';
import { type MapContext, mapCode, markerDetail, reportLink, requireProvince } from '../kit/index.ts';
import { type Connection, stateCodes } from './contract.ts';

/** What the platform says of one connection. An instance speaks of its own province and of no other. */
export function mapConnection(record: Connection, { config }: MapContext<{ province: string }>): Observation[] {
  const { maTinh: province, thoiDiem: observedAt } = record.dau;
  requireProvince(province, config, 'dau.maTinh');
  return reportLink({
    province,
    target: record.maHeThong,
    state: mapCode(stateCodes, record.trangThai),
    latencyMs: record.doTre,
    lastSuccessAt: record.lanKetNoiCuoi,
    note: record.ghiChu,
    observedAt,
    detail: markerDetail(record._sandbox),
  });
}
