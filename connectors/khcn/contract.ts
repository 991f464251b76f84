import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, zonedTime } from '../kit/index.ts';

/**
 * What the Ministry's reports promise (modelled; see README). The decoder cuts a document into parts and gives each the
 * head of its document, so that one broken line costs that line only.
 */
export const READINESS_CONTRACT = '2025-06.1';
export const DEPLOYMENTS_CONTRACT = '2025-06.1';

const head = z.object({
  ngay: z.iso.date(),
  /** Number of the correction (lần đính chính); 0 for the first edition. */
  lanDinhChinh: z.coerce.number().int().nonnegative(),
  thoiDiem: zonedTime,
});

const count = z.object({
  phan: z.literal('tong'),
  dau: head,
  ma: code,
  ten: text(500).optional(),
  hoanThanh: z.number().int().nonnegative(),
  tongSo: z.number().int().positive(),
  tangSoVoiHomTruoc: z.number().int().nullish(),
  _sandbox: z.object({ tong: sandboxMarker }).optional(),
});

const province = z.object({
  phan: z.literal('tinh'),
  dau: head,
  tieuChi: code,
  tinh: provinceCode,
  daHoanThanh: z.boolean(),
  /** Absent: the report does not say whether anything is in the way. */
  vuongMac: z.array(z.object({ loai: code, noiDung: text() })).optional(),
  _sandbox: z.object({ tinh: sandboxMarker }).optional(),
});

export const readinessPart = z.discriminatedUnion('phan', [count, province]);
export type ReadinessPart = z.output<typeof readinessPart>;

const reportDay = z.iso.date();

const appendixRow = z.object({
  phan: z.literal('phuLuc'),
  ngayBaoCao: reportDay,
  tinh: provinceCode,
  heThong: code,
  donVi: z.array(code),
  donViTruoc: z.array(code).optional(),
  tinhTrang: z.string().max(64),
  ghiChu: text().nullish(),
  khoKhan: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});

const summaryRow = z.object({
  phan: z.literal('tongHop'),
  ngayBaoCao: reportDay,
  heThong: code,
  donVi: code,
  so: z.number().int().nonnegative(),
  tong: z.number().int().positive(),
  tyLe: z.number().int().min(0).max(100).nullish(),
  /** Provinces that the list names; large vendors are only counted. */
  tinh: z.array(provinceCode),
  _sandbox: sandboxMarker.optional(),
});

const residualRow = z.object({
  phan: z.literal('suyRa'),
  ngayBaoCao: reportDay,
  heThong: code,
  tinh: provinceCode,
  donVi: z.array(code),
  _sandbox: sandboxMarker.optional(),
});

const openingRow = z.object({
  phan: z.literal('moDau'),
  ngayBaoCao: reportDay,
  heThong: code,
  donVi: code,
  so: z.number().int().nonnegative(),
  _sandbox: sandboxMarker.optional(),
});

export const deploymentPart = z.discriminatedUnion('phan', [appendixRow, summaryRow, residualRow, openingRow]);
export type DeploymentPart = z.output<typeof deploymentPart>;

export const STATUS_UNSTATED = 'CHUA_RO';

/** The words of the appendix for how far a system is. */
export const statusCodes = {
  version: '2025-06.1',
  codes: {
    DANG_CHUAN_BI: 'PREPARING',
    DANG_CAU_HINH: 'CONFIGURING',
    CHAY_THU: 'PILOT',
    SAN_SANG: 'READY',
    VAN_HANH: 'OPERATING',
  },
} as const satisfies CodeMap<string>;
