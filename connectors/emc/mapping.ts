import type { Observation } from '../../schema/observation.ts';
import { markerDetail, RecordError, startOfDay } from '../kit/index.ts';
import type { DossierRow } from './contract.ts';

export function mapDossiers(row: DossierRow): Observation[] {
  if (row.truc_tuyen > row.tiep_nhan) throw new RecordError('more came in online than in all', 'truc_tuyen');
  return [
    {
      class: 'measurement',
      kind: 'dossierStatistics',
      key: {
        province: row.ma_tinh,
        ...(row.ma_xa !== undefined && { commune: row.ma_xa }),
        procedure: row.ma_tthc,
      },
      day: startOfDay(row.ngay),
      values: { received: row.tiep_nhan, online: row.truc_tuyen, onTime: row.dung_han, overdue: row.qua_han },
      detail: markerDetail({ simulated: row._sandbox_simulated === 'true' }),
    },
  ];
}
