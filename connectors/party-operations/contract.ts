import * as z from 'zod';
import type { UnitKind } from '../../schema/unit-code.ts';
import { provinceCode, text, wholeNumberText } from '../kit/index.ts';

export const USAGE_CONTRACT = '2025-06.1';

/** What a row is about: a unit of the kind, or the total that the file states of all of the kind. */
export const ROW_KINDS = {
  TINH_TRUOC_SAP_NHAP: { kind: 'former-province', isTotal: false },
  CO_QUAN_TRUNG_UONG: { kind: 'central-body', isTotal: false },
  TONG_TINH: { kind: 'former-province', isTotal: true },
  TONG_TRUNG_UONG: { kind: 'central-body', isTotal: true },
} as const satisfies Record<string, { kind: UnitKind; isTotal: boolean }>;
export type RowKind = keyof typeof ROW_KINDS;

const none = z.literal('').transform(() => undefined);

/** A row of a week's file; all cells are text, "" is none. */
export const usageRow = z.object({
  /** First and last day of the week. */
  tu_ngay: z.iso.date(),
  den_ngay: z.iso.date(),
  loai: z.enum(Object.keys(ROW_KINDS) as RowKind[]),
  don_vi: text(200),
  /** The province of today that a former one belongs to: the units are those of before the merger. */
  ma_tinh: z.union([provinceCode, none]),
  /** In the rows of totals only. */
  so_don_vi: z.union([wholeNumberText, none]).optional(),
  so_nguoi_dung: wholeNumberText,
  so_luot_dang_nhap: wholeNumberText,
  van_ban_den: wholeNumberText,
  van_ban_di: wholeNumberText,
  luot_chuyen: wholeNumberText,
  _sandbox_document: z.string().optional(),
  _sandbox_inferred: z.string().optional(),
});
export type UsageRow = z.output<typeof usageRow>;
