import type { Observation } from '../../schema/observation.ts';
import { type MapContext, mapCode, markerDetail, RecordError, reportLink } from '../kit/index.ts';
import { statements } from '../kit/statements.ts';
import { type Coverage, type PortalLink, stateCodes } from './contract.ts';

/** The lookup of agency code to province code. */
export const AGENCIES = 'agencies';

export function mapLink(record: PortalLink, context: MapContext<unknown>): Observation[] {
  return reportLink({
    province: provinceOf(record.MADONVI, context),
    target: record.MAHETHONG,
    state: mapCode(stateCodes, record.TRANGTHAI),
    latencyMs: record.DOTRE,
    lastSuccessAt: record.LANTHANHCONGCUOI,
    note: record.GHICHU,
    observedAt: record.THOIGIAN,
    detail: markerDetail(record._sandbox),
  });
}

export function mapCoverage(record: Coverage, context: MapContext<unknown>): Observation[] {
  const key = { province: provinceOf(record.MADONVI, context), programme: record.NHOM };
  return statements(
    { kind: 'serviceCoverage', key, observedAt: record.THOIGIAN, detail: markerDetail(record._sandbox) },
    { offered: record.SOCUNGCAP, required: record.SOYEUCAU },
  );
}

function provinceOf(agency: string, { lookups }: MapContext<unknown>): string {
  const province = lookups[AGENCIES]?.get(agency);
  if (!province) throw new RecordError(`the catalogue of agencies knows no ${agency}`, 'MADONVI');
  return province;
}
