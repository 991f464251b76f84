import * as z from 'zod';
import { type CodeMap, code, dayMonthTime, decimalComma, provinceCode, text, wholeNumberText } from '../kit/index.ts';

export const FILE_CONTRACT = '2025-06.1';
/** How many rows a file has. */
export const ROW_COUNT_HEADER = 'X-So-Dong';

const sandboxColumns = { _sandbox_simulated: z.string().optional(), _sandbox_document: z.string().optional() };

const timeOrNone = z
  .literal('')
  .transform(() => null)
  .or(dayMonthTime);

/** A row of the file of systems; all cells are text, "" is none. */
export const system = z.object({
  'Mã tỉnh': provinceCode,
  'Mã hệ thống': code,
  /** Codes of vendors, with commas. */
  'Đơn vị phối hợp': z
    .string()
    .max(200)
    .transform((list) => list.split(',').filter((one) => one.trim() !== ''))
    .pipe(z.array(z.string().trim().pipe(code))),
  'Trạng thái': text(64),
  'Ghi chú': text(),
  'Cập nhật lúc': dayMonthTime,
  /** The last incident; without an end while it is open. */
  'Sự cố': text().optional(),
  'Sự cố từ': timeOrNone.optional(),
  'Sự cố đến': timeOrNone.optional(),
  ...sandboxColumns,
});
export type UnitechSystem = z.output<typeof system>;

const percent = decimalComma.pipe(z.number().min(0).max(100));

/** A row of the file of health, of the 24 hours before it was measured. */
export const health = z.object({
  'Mã tỉnh': provinceCode,
  'Mã hệ thống': code,
  'Đo lúc': dayMonthTime,
  'Hoạt động (%)': percent,
  'CPU (%)': percent,
  'Bộ nhớ (%)': percent,
  'Băng thông (Mbps)': decimalComma.pipe(z.number().nonnegative()),
  'Cảnh báo': wholeNumberText,
  'Ghi chú': text(),
  ...sandboxColumns,
});
export type UnitechHealth = z.output<typeof health>;

export const statusCodes = {
  version: '2025-06.1',
  codes: {
    'Chuẩn bị': 'PREPARING',
    'Đang cấu hình': 'CONFIGURING',
    'Chạy thử': 'PILOT',
    'Sẵn sàng': 'READY',
    'Đang vận hành': 'OPERATING',
  },
} as const satisfies CodeMap<string>;
