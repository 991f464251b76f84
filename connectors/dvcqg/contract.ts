import * as z from 'zod';
import { type CodeMap, localTimeText, provinceCode, sandboxMarker, text, wholeNumberText } from '../kit/index.ts';

export const LINKS_CONTRACT = '2025-06.1';
export const COVERAGE_CONTRACT = '2025-06.1';

/** Stand in every row of a list; TOTAL on the first page only. */
const place = { ROW_STT: wholeNumberText, TOTAL: wholeNumberText.optional() };
const agencyCode = z.string().regex(/^[0-9A-Z.]{1,64}$/, 'is no agency code');

/** LayDanhMucCoQuan. */
export const agency = z.object({
  ...place,
  MADONVI: agencyCode,
  TENDONVI: text(500),
  CAPDONVI: wholeNumberText,
  /** The official code of the province; "" for agencies of the centre. */
  MATINH: z.union([z.literal(''), provinceCode]),
});

/** TinhTrangKetNoi: how the portal sees a province's connection. */
export const link = z.object({
  ...place,
  MADONVI: agencyCode,
  MAHETHONG: z.string().regex(/^[A-Z][A-Z0-9-]{1,31}$/, 'is no system code'),
  TRANGTHAI: z.string().max(64),
  /** Milliseconds; "" where there was no answer. */
  DOTRE: z.union([z.literal('').transform(() => null), wholeNumberText]),
  LANTHANHCONGCUOI: localTimeText,
  THOIGIAN: localTimeText.refine((value) => value !== null, 'is missing'),
  GHICHU: text().optional(),
  _sandbox: sandboxMarker.optional(),
});
export type PortalLink = z.output<typeof link>;

/** ThongKeCungCapDVCTT: services offered by a province, by programme. */
export const coverage = z.object({
  ...place,
  MADONVI: agencyCode,
  NHOM: z.string().regex(/^\d{1,6}$/, 'is no programme'),
  SOCUNGCAP: wholeNumberText,
  SOYEUCAU: wholeNumberText,
  THOIGIAN: localTimeText.refine((value) => value !== null, 'is missing'),
  _sandbox: sandboxMarker.optional(),
});
export type Coverage = z.output<typeof coverage>;

/** At the portal 0 is good: it counts faults. The provinces' platforms count the other way round. */
export const stateCodes = {
  version: '2025-06.1',
  codes: { '0': 'UP', '1': 'DEGRADED', '2': 'DOWN' },
} as const satisfies CodeMap<string>;

/** `error_code` of a login that is refused. */
export const LOGIN_REFUSED = '1';

/** `error_code` of a call whose session is gone. */
export const SESSION_GONE = '11';
