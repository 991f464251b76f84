import * as z from 'zod';
import { type CodeMap, code, parseLocalTime, provinceCode, sandboxMarker, text } from '../kit/index.ts';

export const ROWS_CONTRACT = '2025-06.1';

/** What a cell holds in place of a value where the province takes back what it said. */
const TAKEN_BACK = '-';

/** A text, null where it is taken back; left out where nothing is said of it. */
const textOrNothing = text()
  .transform((value) => (value === TAKEN_BACK ? null : value))
  .nullable()
  .optional();

/** A list of codes, or in a cell the codes with spaces, commas or the like between them. */
const codes = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[\s,;+/]+/).filter((part) => part !== '') : value),
  z.array(code).min(1),
);

/** RFC 3339, or as people write it: 27/06/2025 12:15, in the time of Viet Nam. */
const moment = z.string().transform((value, context) => {
  const written = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2})$/.exec(value.trim());
  const parsed = written
    ? parseLocalTime(`${written[3]}${written[2]}${written[1]}${written[4]}${written[5]}00`)
    : z.iso.datetime({ offset: true }).safeParse(value).success && new Date(value);
  if (parsed) return parsed;
  context.issues.push({ code: 'custom', message: 'is no time such as 27/06/2025 12:15', input: value });
  return z.NEVER;
});

/** A row of a province's report on itself. Only what it is about must be there; what is left out is not spoken of. */
export const row = z.object({
  province: provinceCode,
  system: code,
  status: z.string().trim().min(1).max(64).optional(),
  vendors: codes.optional(),
  note: textOrNothing,
  difficulty: textOrNothing,
  /** Default: when it came. */
  observedAt: moment.optional(),
  _sandbox: z.preprocess(jsonInCell, sandboxMarker).optional(),
});
export type DeclaredRow = z.output<typeof row>;

function jsonInCell(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What provinces call the columns; in lower case. */
export const columns: Readonly<Record<string, string>> = {
  province: 'province',
  tỉnh: 'province',
  'mã tỉnh': 'province',
  system: 'system',
  'hệ thống': 'system',
  'mã hệ thống': 'system',
  status: 'status',
  'trạng thái': 'status',
  'tình trạng': 'status',
  vendors: 'vendors',
  'đơn vị triển khai': 'vendors',
  note: 'note',
  'ghi chú': 'note',
  difficulty: 'difficulty',
  'khó khăn': 'difficulty',
  'khó khăn, vướng mắc': 'difficulty',
  observedat: 'observedAt',
  'thời điểm': 'observedAt',
};

/** Codes, and the words of the Ministry's form; in lower case. */
export const statusCodes = {
  version: '2025-06.1',
  codes: {
    preparing: 'PREPARING',
    'đang chuẩn bị': 'PREPARING',
    configuring: 'CONFIGURING',
    'đang cấu hình': 'CONFIGURING',
    pilot: 'PILOT',
    'đang chạy thử': 'PILOT',
    ready: 'READY',
    'đã sẵn sàng': 'READY',
    operating: 'OPERATING',
    'đã vận hành chính thức': 'OPERATING',
  },
} as const satisfies CodeMap<string>;
