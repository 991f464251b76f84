import * as z from 'zod';
import { type CodeMap, code, localTimeText, provinceCode, sandboxMarker, text, wholeNumberText } from '../kit/index.ts';

export const CONNECTIONS_CONTRACT = '2025-06.1';

/** One connection of a province; the decoder gives each the id of its answer. */
export const connection = z.object({
  /** Upstream's own id of the answer, by which its people find the call. */
  correlationId: z.string().min(1).max(100),
  ma_tinh: provinceCode,
  ma_he_thong: code,
  ten_he_thong: text(500).optional(),
  tinh_trang: z.string().max(64),
  /** Milliseconds as text; "" for a connection that gave no answer. */
  do_tre: z.union([z.literal('').transform(() => null), wholeNumberText]),
  lan_cuoi: localTimeText,
  thoi_gian: localTimeText.refine((value) => value !== null, 'is missing'),
  ghi_chu: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type Connection = z.output<typeof connection>;

/** The words of its page of connected systems. Of one that is not connected this platform says that it is not made yet. */
export const stateCodes = {
  version: '2025-06.1',
  codes: { DA_KET_NOI: 'UP', KHONG_ON_DINH: 'DEGRADED', CHUA_KET_NOI: 'DOWN' },
} as const satisfies CodeMap<string>;
