import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, zonedTime } from '../kit/index.ts';

export const FILE_CONTRACT = '2025-06.1';

/** The last line of a file that is written to its end: how many lines stand before it. */
export const closingLine = z.object({ ketThuc: z.literal(true), soDong: z.number().int().nonnegative() });

/** What is no object is a line that was cut. */
const line = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, 'is no whole line of JSON');
const ai = z.object({ tinh: provinceCode, heThong: code });

export const system = line({
  cua: ai,
  phoiHop: z.array(code).default([]),
  tinhTrang: z.string().max(64),
  ghiChu: text().nullish(),
  luc: zonedTime,
  /** The last one; null where there has been none. */
  suCo: z.object({ moTa: text(), tu: zonedTime, den: zonedTime.optional() }).nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type MinhTueSystem = z.output<typeof system>;

const percent = z.number().min(0).max(100);

/** Of the 24 hours before `luc`. */
export const health = line({
  cua: ai,
  luc: zonedTime,
  hoatDong: percent,
  dinh: z.object({ cpu: percent, ram: percent, mbps: z.number().nonnegative() }),
  canhBao: z.number().int().nonnegative(),
  ghiChu: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type MinhTueHealth = z.output<typeof health>;

export const statusCodes = {
  version: '2025-06.1',
  codes: { B0: 'PREPARING', B1: 'CONFIGURING', B2: 'PILOT', B3: 'READY', B4: 'OPERATING' },
} as const satisfies CodeMap<string>;
