import * as z from 'zod';
import {
  booleanText,
  type CodeMap,
  code,
  localTimeText,
  provinceCode,
  sandboxMarker,
  text,
  wholeNumberText,
  zonedTime,
} from '../kit/index.ts';

export const CONNECTIONS_CONTRACT = '2025-06.1';

/** One connection of a province; the decoder gives each the head of its answer. */
export const connection = z.object({
  dau: z.object({ ProvinceCode: provinceCode, CheckedAt: zonedTime }),
  TargetCode: code,
  TargetName: text(500).optional(),
  /** An integer, but text at some installations. */
  TrangThai: z.union([z.number().int(), z.string().max(64)]).transform(String),
  IsConnected: booleanText.optional(),
  /** "" for a connection that gave no answer. */
  LatencyMs: z.union([z.literal('').transform(() => null), wholeNumberText]),
  LastSuccess: localTimeText,
  Detail: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type Connection = z.output<typeof connection>;

/** At this platform 1 is good; the portal counts the other way round. */
export const stateCodes = {
  version: '2025-06.1',
  codes: { '1': 'UP', '2': 'DEGRADED', '0': 'DOWN' },
} as const satisfies CodeMap<string>;
