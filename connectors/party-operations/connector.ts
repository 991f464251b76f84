import * as z from 'zod';
import { apiKey, codeIn, csvFormat, defineConnector, documentPerDay } from '../kit/index.ts';
import { USAGE_CONTRACT, usageRow } from './contract.ts';
import { decodeUsage, weekOf } from './decode.ts';
import { mapUsage } from './mapping.ts';

/** The Party's document system (điều hành tác nghiệp): how provinces and central bodies use it, week by week. */
export const partyOperationsConnector = defineConnector({
  id: 'party-operations',
  title: 'Hệ thống thông tin điều hành tác nghiệp của Đảng',
  shape: 'modelled',
  config: z.object({
    /** The first day of the first week there is a file of; weeks are counted from it. */
    firstWeek: z.iso.date().default('2025-06-13'),
  }),
  auth: () => apiKey({ header: 'X-API-Key' }),
  errors: [
    {
      when: { status: 404, code: ['CHUA_CO'] },
      action: 'ignore',
      kind: 'transient',
      userMessage: 'The file of that week is not there yet.',
    },
  ],
  errorCodeOf: codeIn('loi', []),
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'usage',
      kinds: ['usageStatistics'],
      mode: 'document',
      paginator: documentPerDay({
        request: (week) => ({ method: 'GET', path: `/tuan/${week}.csv` }),
        firstDay: ({ firstWeek }) => firstWeek,
        dayOf: weekOf,
        everyDays: 7,
        // A week that is there is asked for again until the next one is, so that rows that were rejected come again.
        repeatDays: 1,
        patienceDays: 56,
      }),
      format: csvFormat(),
      decode: decodeUsage,
      contract: usageRow,
      contractVersion: USAGE_CONTRACT,
      map: mapUsage,
    }),
  ],
});
