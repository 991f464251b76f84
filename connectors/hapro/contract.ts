import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, zonedTime } from '../kit/index.ts';

export const EVENTS_CONTRACT = '2025-06.1';

const percent = z.number().min(0).max(100);
const common = {
  /** The same in every delivery of the event. */
  maSuKien: z.string().min(1).max(100),
  /** When it happened, not when it is sent. */
  thoiDiem: zonedTime,
  maTinh: provinceCode,
  maHeThong: code,
  _sandbox: sandboxMarker.optional(),
};

/** What Hapro sends of a system that it runs: how far it is, the health of the 24 hours before, or what is in its way. */
export const event = z.discriminatedUnion('loai', [
  z.object({
    ...common,
    loai: z.literal('TRANG_THAI'),
    /** Who runs it together with Hapro. */
    donViPhoiHop: z.array(code).default([]),
    trangThai: z.string().max(64),
    ghiChu: text().nullish(),
  }),
  z.object({
    ...common,
    loai: z.literal('SUC_KHOE'),
    tyLeSanSang: percent,
    cpu: percent,
    boNho: percent,
    luuLuongMbps: z.number().nonnegative(),
    soCanhBao: z.number().int().nonnegative(),
  }),
  z.object({
    ...common,
    loai: z.literal('SU_CO'),
    moTa: text(),
    batDau: zonedTime,
    /** Null while it is open. */
    ketThuc: zonedTime.nullable(),
  }),
]);
export type HaproEvent = z.output<typeof event>;

export const statusCodes = {
  version: '2025-06.1',
  codes: {
    CHUAN_BI: 'PREPARING',
    CAU_HINH: 'CONFIGURING',
    CHAY_THU: 'PILOT',
    SAN_SANG: 'READY',
    VAN_HANH: 'OPERATING',
  },
} as const satisfies CodeMap<string>;
