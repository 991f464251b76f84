import * as z from 'zod';
import { codeIn, defineConnector, documentPerDay, noAuth, xlsxFormat } from '../kit/index.ts';
import { HEADINGS, health, REPORT_CONTRACT, SHEET, system } from './contract.ts';
import { dayOfReport, decodeHealth, decodeSystems } from './decode.ts';
import { mapHealth, mapSystem } from './mapping.ts';

const config = z.object({
  /** The first day that there is a report of. */
  firstDay: z.iso.date().default('2025-06-25'),
});
const format = xlsxFormat({ sheet: SHEET, headings: HEADINGS });
const paginator = documentPerDay<z.output<typeof config>>({
  request: (day) => ({ method: 'GET', path: `/bao-cao/${day}.xlsx` }),
  firstDay: ({ firstDay }) => firstDay,
  dayOf: dayOfReport,
  // People mend a sheet that they have sent.
  repeatDays: 3,
  patienceDays: 7,
});

/** Sông Đà 10: a workbook a day, of how the systems that it runs stand and of their health. */
export const songda10Connector = defineConnector({
  id: 'songda10',
  title: 'Sông Đà 10',
  shape: 'modelled',
  config,
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
      name: 'systems',
      kinds: ['deployment'],
      mode: 'document',
      paginator,
      format,
      decode: decodeSystems,
      contract: system,
      contractVersion: REPORT_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'document',
      paginator,
      format,
      decode: decodeHealth,
      contract: health,
      contractVersion: REPORT_CONTRACT,
      map: mapHealth,
    }),
  ],
});
