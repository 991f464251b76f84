import type { Observation } from '../../schema/observation.ts';
import { type MapContext, mapCode, markerDetail, reportLink, requireProvince } from '../kit/index.ts';
import { type Connection, stateCodes } from './contract.ts';

/** What the platform says of one connection. An instance speaks of its own province and of no other. */
export function mapConnection(record: Connection, { config }: MapContext<{ province: string }>): Observation[] {
  const { ma_tinh: province, correlationId } = record;
  requireProvince(province, config, 'ma_tinh');
  return reportLink({
    province,
    target: record.ma_he_thong,
    state: mapCode(stateCodes, record.tinh_trang),
    latencyMs: record.do_tre,
    lastSuccessAt: record.lan_cuoi,
    note: record.ghi_chu,
    observedAt: record.thoi_gian,
    detail: { ...markerDetail(record._sandbox), correlationId },
  });
}
