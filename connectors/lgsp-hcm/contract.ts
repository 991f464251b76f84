import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, wholeNumberText, zonedTime } from '../kit/index.ts';

export const CONNECTIONS_CONTRACT = '2025-06.1';

const none = z.literal('').transform(() => null);

/** One connection of a province; the decoder gives each the head of its answer. */
export const connection = z.object({
  dau: z.object({ maTinh: provinceCode, thoiDiem: zonedTime }),
  maHeThong: code,
  tenHeThong: text(500).optional(),
  trangThai: z.string().max(64),
  /** Milliseconds as text; "" for a connection that gave no answer. */
  doTre: z.union([none, wholeNumberText]),
  lanKetNoiCuoi: z.union([none, zonedTime]),
  ghiChu: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type Connection = z.output<typeof connection>;

/** This platform says it in words. */
export const stateCodes = {
  version: '2025-06.1',
  codes: { HOAT_DONG: 'UP', CHAM: 'DEGRADED', MAT_KET_NOI: 'DOWN' },
} as const satisfies CodeMap<string>;
