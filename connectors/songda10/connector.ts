import * as z from 'zod';
import { codeIn, defineConnector, documentPerDay, noAuth, xlsxFormat } from '../kit/index.ts';
import { HEADINGS, REPORT_CONTRACT, reportPart, SHEET } from './contract.ts';
import { dayOfReport, decodeReport } from './decode.ts';
import { mapPart } from './mapping.ts';

/** Sông Đà 10: a workbook a day, of how the systems that it runs stand and of their health. */
export const songda10Connector = defineConnector({
  id: 'songda10',
  title: 'Sông Đà 10',
  shape: 'modelled',
  config: z.object({
    /** The first day that there is a report of. */
    firstDay: z.iso.date().default('2025-06-25'),
  }),
  auth: () => noAuth(),
  errors: [
    {
      when: { status: 404 },
      action: 'ignore',
      kind: 'transient',
      userMessage: 'The report of that day is not there yet.',
    },
  ],
  errorCodeOf: codeIn('loi', []),
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'reports',
      kinds: ['deployment', 'serviceHealth'],
      mode: 'document',
      paginator: documentPerDay({
        request: (day) => ({ method: 'GET', path: `/bao-cao/${day}.xlsx` }),
        firstDay: ({ firstDay }) => firstDay,
        dayOf: dayOfReport,
        // People mend a sheet that they have sent.
        repeatDays: 3,
        patienceDays: 7,
      }),
      format: xlsxFormat({ sheet: SHEET, headings: HEADINGS }),
      decode: decodeReport,
      contract: reportPart,
      contractVersion: REPORT_CONTRACT,
      map: mapPart,
    }),
  ],
});
