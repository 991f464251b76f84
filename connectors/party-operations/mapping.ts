import type { Observation } from '../../schema/observation.ts';
import { totalCode, unitCode } from '../../schema/unit-code.ts';
import { addDays, markerDetail, RecordError, startOfDay } from '../kit/index.ts';
import { ROW_KINDS, type UsageRow } from './contract.ts';

export function mapUsage(row: UsageRow): Observation[] {
  if (row.den_ngay < row.tu_ngay) throw new RecordError('the week ends before it begins', 'den_ngay');
  const { kind, isTotal } = ROW_KINDS[row.loai];
  return [
    {
      class: 'measurement',
      kind: 'usageStatistics',
      key: { unit: isTotal ? totalCode(kind) : unitCode(kind, row.don_vi) },
      ...(row.ma_tinh !== undefined && { province: row.ma_tinh }),
      periodStart: startOfDay(row.tu_ngay),
      periodEnd: startOfDay(addDays(row.den_ngay, 1)),
      values: {
        users: row.so_nguoi_dung,
        logins: row.so_luot_dang_nhap,
        documentsIn: row.van_ban_den,
        documentsOut: row.van_ban_di,
        documentsPassedOn: row.luot_chuyen,
      },
      detail: markerDetail({
        ...(row._sandbox_document && { document: row._sandbox_document }),
        inferred: row._sandbox_inferred === 'true',
      }),
    },
  ];
}
