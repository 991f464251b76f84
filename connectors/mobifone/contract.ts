import * as z from 'zod';
import { type CodeMap, code, decimalText, provinceCode, text, wholeNumberText, zonedTime } from '../kit/index.ts';

export const SYSTEMS_CONTRACT = '2025-06.1';
export const HEALTH_CONTRACT = '2025-06.1';

/** The namespace of all elements; its prefix is not promised. */
export const NAMESPACE = 'urn:mobifone:lien-thong-chinh-quyen:1';

/** Every answer: 0 or 00 for success, how many entries it holds, and the day it is of where it is of one. */
export const answer = z.object({
  TraLoi: z.object({
    '@ketQua': z.string(),
    '@soLuong': wholeNumberText,
    '@ngay': z.iso.date().optional(),
    HeThong: z.array(z.unknown()).default([]),
    SucKhoe: z.array(z.unknown()).default([]),
  }),
});

/** Set by the sandbox only. */
const marker = z.object({ '@moPhong': z.literal('true').optional(), '@vanBan': z.string().optional() });

/** An xs:list of codes. */
const codeList = z
  .string()
  .transform((value) => value.split(/\s+/).filter((item) => item !== ''))
  .pipe(z.array(code));

/** The last incident; without an end while it is open. */
const incident = z.object({ '@tu': zonedTime, '@den': zonedTime.optional(), MoTa: text() });

/** A system that MobiFone runs for a province. */
export const system = z.object({
  '@ma': z.string().min(1).max(100),
  TinhThanh: provinceCode,
  Loai: code,
  /** Who runs it together with MobiFone. */
  PhoiHop: codeList,
  TrangThai: z.string().max(16),
  /** Not there where there is none. */
  GhiChu: text().optional(),
  CapNhatLuc: zonedTime,
  /** Not there where there has been none. */
  SuCo: incident.optional(),
  NguonMau: marker.optional(),
});
export type MobifoneSystem = z.output<typeof system>;

/** Of the 24 hours before `DoLuc`; due by 08:00. */
export const health = z.object({
  TinhThanh: provinceCode,
  Loai: code,
  DoLuc: zonedTime,
  HoatDong: decimalText,
  TaiCpu: decimalText,
  TaiBoNho: decimalText,
  BangThongMbps: decimalText,
  SoCanhBao: wholeNumberText,
  /** For people. */
  GhiChu: text().optional(),
  NguonMau: marker.optional(),
});
export type MobifoneHealth = z.output<typeof health>;

export const statusCodes = {
  version: '2025-06.1',
  codes: { '1': 'PREPARING', '2': 'CONFIGURING', '3': 'PILOT', '4': 'READY', '5': 'OPERATING' },
} as const satisfies CodeMap<string>;
