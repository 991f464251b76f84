import * as z from 'zod';
import { type CodeMap, provinceCode, text, wholeNumberText, zonedTime } from '../kit/index.ts';

export const STATUS_CONTRACT = '2025-06.1';

/** Of edXML, QCVN 102:2016/BTTTT. */
export const NAMESPACE = 'http://www.e-doc.vn/Schema/';

/** Everything that waits, as `getReceivedEdocList` tells it. */
export const messageList = z.object({
  pageIndex: z.coerce.number().int(),
  totalPages: z.coerce.number().int().nonnegative(),
  total: z.coerce.number().int().nonnegative(),
  data: z.array(z.object({ id: z.string().min(1).max(200) })),
});

const none = z.literal('').transform(() => null);

/** A province's report on its own connection to the axis, in the body of an edXML message. */
const report = z.object({
  MaTinh: provinceCode,
  TrangThai: z.string().max(64),
  /** Milliseconds; empty where there was no answer. */
  DoTre: z.union([none, wholeNumberText]),
  LanThanhCong: z.union([none, zonedTime]),
  ThoiDiem: zonedTime,
  GhiChu: text().optional(),
  /** Of the sandbox only. */
  MauThu: z.object({ '@simulated': z.literal('true') }).optional(),
});

const organ = z.object({ OrganId: z.string().regex(/^[0-9A-Z.]{1,64}$/, 'is no agency code') });

/** An edXML message as far as it is of use here. */
export const message = z.object({
  edXML: z.object({
    edXMLEnvelope: z.object({
      edXMLHeader: z.object({
        MessageHeader: z.object({
          From: organ,
          To: z.union([organ, z.array(organ)]).optional(),
          /** The province's own number of the document. */
          DocumentId: z.string().min(1).max(100),
          /** Of this delivery; a document that is sent again has another. */
          MessageId: z.string().min(1).max(200),
          Subject: text().optional(),
        }),
      }),
      edXMLBody: z.object({ TinhTrangKetNoi: report }),
    }),
  }),
});
export type Message = z.output<typeof message>;

export const stateCodes = {
  version: '2025-06.1',
  codes: { THONG: 'UP', CHAP_CHON: 'DEGRADED', MAT: 'DOWN' },
} as const satisfies CodeMap<string>;
