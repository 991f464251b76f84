import * as z from 'zod';
import {
  type CodeMap,
  code,
  decimalText,
  localTimeText,
  provinceCode,
  sandboxMarker,
  text,
  wholeNumberText,
} from '../kit/index.ts';

export const SYSTEMS_CONTRACT = '2025-06.1';
export const HEALTH_CONTRACT = '2025-06.1';

/** Every answer with data. */
export const frame = z.object({
  trang: wholeNumberText,
  tong_trang: wholeNumberText,
  tong_so: wholeNumberText,
  du_lieu: z.array(z.unknown()),
});

/** A system that Tân Dân runs for a province. */
export const system = z.object({
  ma: z.string().min(1).max(100),
  ma_tinh: provinceCode,
  ma_he_thong: code,
  /** Who runs it together with Tân Dân. */
  phoi_hop: z.array(code),
  tinh_trang: z.string().max(16),
  /** NFD. */
  ghi_chu: text(),
  ngay_cap_nhat: localTimeText,
  /** The last incident, NFD; "" where there has been none. */
  su_co: text().optional(),
  su_co_tu: localTimeText.optional(),
  /** "" while it is open. */
  su_co_den: localTimeText.optional(),
  _sandbox: sandboxMarker.optional(),
});
export type TandanSystem = z.output<typeof system>;

/** Of the 24 hours before `thoi_diem`; due by 08:00. */
export const health = z.object({
  ma_tinh: provinceCode,
  ma_he_thong: code,
  thoi_diem: localTimeText.pipe(z.date('is missing')),
  ty_le_hoat_dong: decimalText,
  cpu: decimalText,
  bo_nho: decimalText,
  luu_luong_mbps: decimalText,
  so_canh_bao: wholeNumberText,
  /** For people. */
  ghi_chu: text(),
  _sandbox: sandboxMarker.optional(),
});
export type TandanHealth = z.output<typeof health>;

export const statusCodes = {
  version: '2025-06.1',
  codes: { '1': 'OPERATING', '2': 'READY', '3': 'CONFIGURING', '4': 'PREPARING', '6': 'PILOT' },
} as const satisfies CodeMap<string>;
