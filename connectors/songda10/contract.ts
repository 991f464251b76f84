import * as z from 'zod';
import { type CodeMap, cellNumber, code, excelTime, provinceCode, text } from '../kit/index.ts';

export const REPORT_CONTRACT = '2025-06.1';
export const SHEET = 'Báo cáo ngày';

/** By these the row of headings is found. */
export const HEADINGS = ['STT', 'Tỉnh, thành phố', 'Hệ thống', 'Tình trạng', 'Cập nhật', 'Đo lúc', 'Chỉ số', 'Giá trị'];
/** Stands in the first column of the last row, with the number of rows above it as the value. */
export const TOTAL_LABEL = 'Tổng số dòng';

/** What the five rows of a system measure. */
export const INDICATORS = {
  uptimePercent: 'Thời gian hoạt động (%)',
  cpuPercent: 'CPU cao nhất (%)',
  memoryPercent: 'RAM cao nhất (%)',
  trafficMbps: 'Băng thông cao nhất (Mbps)',
  alerts: 'Số cảnh báo',
} as const;

/** The name with the code behind it: `Đà Nẵng (48)`. */
const province = z
  .string()
  .max(200)
  .transform((name) => /\((\d{2})\)\s*$/.exec(name)?.[1])
  .pipe(z.string('names no province with its code').pipe(provinceCode));

const sandboxColumns = { _sandbox_simulated: z.boolean().nullish(), _sandbox_document: z.string().nullish() };

/** What is merged over the rows of a system. */
const system = z.object({
  part: z.literal('system'),
  'Tỉnh, thành phố': province,
  'Hệ thống': code,
  /** Codes of vendors, with commas. */
  'Đơn vị phối hợp': z
    .string()
    .max(200)
    .nullish()
    .transform((list) => list?.split(',').map((one) => one.trim()) ?? [])
    .pipe(z.array(code)),
  'Tình trạng': text(64),
  'Cập nhật': excelTime,
  /** Of the figures, and so of the day: a system that stands as it stood is told of each day anew. */
  'Đo lúc': excelTime,
  'Ghi chú': text().nullish(),
  /** The last incident; without an end while it is open. */
  'Sự cố': text().nullish(),
  'Sự cố từ': excelTime.nullish(),
  'Sự cố đến': excelTime.nullish(),
  ...sandboxColumns,
});
export type SongDaSystem = z.output<typeof system>;

const percent = cellNumber.pipe(z.number().min(0).max(100));

/** The rows of a system put together: the values by their indicators. */
const health = z.object({
  part: z.literal('health'),
  'Tỉnh, thành phố': province,
  'Hệ thống': code,
  'Đo lúc': excelTime,
  'Giá trị': z.object({
    [INDICATORS.uptimePercent]: percent,
    [INDICATORS.cpuPercent]: percent,
    [INDICATORS.memoryPercent]: percent,
    [INDICATORS.trafficMbps]: cellNumber.pipe(z.number().nonnegative()),
    [INDICATORS.alerts]: cellNumber.pipe(z.number().int().nonnegative()),
  }),
  _sandbox_simulated: z.boolean().nullish(),
});
export type SongDaHealth = z.output<typeof health>;

/** What a workbook is read as: what it says of each system, and what it measures there. */
export const reportPart = z.discriminatedUnion('part', [system, health]);
export type SongDaPart = z.output<typeof reportPart>;

export const statusCodes = {
  version: '2025-06.1',
  codes: {
    'Chưa triển khai': 'PREPARING',
    'Đang cài đặt': 'CONFIGURING',
    'Thử nghiệm': 'PILOT',
    'Đã sẵn sàng': 'READY',
    'Vận hành': 'OPERATING',
  },
} as const satisfies CodeMap<string>;
