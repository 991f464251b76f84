import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, zonedTime } from '../kit/index.ts';

export const CONTRACT = '2025-06.1';

const etag = { '@odata.etag': z.string().optional() };

const incident = z.object({ MoTa: text(), BatDau: zonedTime, KetThuc: zonedTime.nullable() });

const current = z.object({
  change: z.literal('current'),
  Id: z.string().min(1).max(100),
  TinhThanh: z.object({ Ma: provinceCode, Ten: text(200) }),
  LoaiHeThong: code,
  DonViCungVanHanh: z.array(code),
  TinhTrang: z.string().max(64),
  GhiChu: text().nullable(),
  CapNhat: zonedTime,
  SuCoGanNhat: incident.nullish(),
  _sandbox: sandboxMarker.optional(),
  ...etag,
});
export type BtSystem = z.output<typeof current>;

/** One that BT no longer runs, named by its address. */
const removed = z.object({
  change: z.literal('removed'),
  '@removed': z.object({ reason: z.enum(['deleted', 'changed']).optional() }),
  '@id': z.string().transform((address, context) => {
    const [, province, system] = /HeThong\('(\d{2})-([A-Z]+)'\)$/.exec(address) ?? [];
    if (province !== undefined && system !== undefined) return { province, system };
    context.issues.push({ code: 'custom', message: 'names no system', input: address });
    return z.NEVER;
  }),
});

export const systemChange = z.discriminatedUnion('change', [current, removed]);
export type BtSystemChange = z.output<typeof systemChange>;

const percent = z.number().min(0).max(100);

/** Of the 24 hours before `DoLuc`. */
export const health = z.object({
  Id: z.string().min(1).max(100),
  TinhThanhMa: provinceCode,
  LoaiHeThong: code,
  DoLuc: zonedTime,
  TyLeHoatDong: percent,
  MayChu: z.object({ Cpu: percent, BoNho: percent }),
  BangThongMbps: z.number().nonnegative(),
  SoCanhBao: z.number().int().nonnegative(),
  GhiChu: text().nullable(),
  _sandbox: sandboxMarker.optional(),
  ...etag,
});
export type BtHealth = z.output<typeof health>;

export const statusCodes = {
  version: '2025-06.1',
  codes: {
    ChuanBi: 'PREPARING',
    CauHinh: 'CONFIGURING',
    ThuNghiem: 'PILOT',
    SanSang: 'READY',
    VanHanh: 'OPERATING',
  },
} as const satisfies CodeMap<string>;
