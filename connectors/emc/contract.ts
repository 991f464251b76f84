import * as z from 'zod';
import { provinceCode, wholeNumberText } from '../kit/index.ts';

export const DOSSIERS_CONTRACT = '2025-06.1';

/** Of an answer: how many rows its file has. */
export const ROW_COUNT_HEADER = 'X-Tong-So-Dong';

const none = z.literal('').transform(() => undefined);

/** A row of a day's file; all cells are text, "" is none. Columns stand in any order. */
export const dossierRow = z.object({
  ngay: z.iso.date(),
  ma_tinh: provinceCode,
  /** "" where the row is of the province as a whole. */
  ma_xa: z.union([none, z.string().regex(/^[\w.-]{1,64}$/, 'is no code of a commune')]),
  ma_tthc: z.string().regex(/^\d\.\d{6}$/, 'is no national code of a procedure'),
  tiep_nhan: wholeNumberText,
  truc_tuyen: wholeNumberText,
  dung_han: wholeNumberText,
  qua_han: wholeNumberText,
  _sandbox_simulated: z.string().optional(),
});
export type DossierRow = z.output<typeof dossierRow>;
