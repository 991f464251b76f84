import * as z from 'zod';
import { localTimeText, provinceCode, sandboxMarker, text, wholeNumberText } from '../kit/index.ts';

export const COVERAGE_CONTRACT = '2025-06.1';

/** Stand in every row; the total in those of the first page of some services. */
const place = { ROW_STT: wholeNumberText, TOTAL: wholeNumberText.optional() };

/** procedure_get_list_agency_by_type_service_v2. */
export const agency = z.object({
  ...place,
  ID: z.string().regex(/^\d{1,12}$/, 'is no id'),
  AGENCY_NAME: text(500),
  /** The official code of the province; "" for agencies of the centre. */
  PROVINCE_CODE: z.union([z.literal(''), provinceCode]),
});

/** report_tile_cungcap_dvctt_service: services that a province offers of a programme, as the portal's page shows them. */
export const coverage = z.object({
  ...place,
  AGENCY_ID: z.string().regex(/^\d{1,12}$/, 'is no id'),
  AGENCY_NAME: text(500).optional(),
  PROGRAMME: z.string().regex(/^\d{1,6}$/, 'is no programme'),
  SO_CUNG_CAP: wholeNumberText,
  SO_YEU_CAU: wholeNumberText,
  /** In the portal's own words, e.g. `52,3%`; the hub reckons it by itself. */
  TY_LE: z.string().max(20).optional(),
  NGAY_CAP_NHAT: localTimeText.refine((value) => value !== null, 'is missing'),
  _sandbox: sandboxMarker.optional(),
});
export type Coverage = z.output<typeof coverage>;
