import type { Observation } from '../../schema/observation.ts';
import { type MapContext, markerDetail, RecordError } from '../kit/index.ts';
import { statements } from '../kit/statements.ts';
import type { Coverage } from './contract.ts';

/** The lookup of agency id to province code. */
export const AGENCIES = 'agencies';

export function mapCoverage(record: Coverage, { lookups }: MapContext<unknown>): Observation[] {
  const province = lookups[AGENCIES]?.get(record.AGENCY_ID);
  if (!province) throw new RecordError(`the list of agencies knows no ${record.AGENCY_ID}`, 'AGENCY_ID');
  return statements(
    {
      kind: 'serviceCoverage',
      key: { province, programme: record.PROGRAMME },
      observedAt: record.NGAY_CAP_NHAT,
      detail: markerDetail(record._sandbox),
    },
    { offered: record.SO_CUNG_CAP, required: record.SO_YEU_CAU },
  );
}
