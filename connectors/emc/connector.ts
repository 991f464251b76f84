import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { basic, codeIn, countedRows, csvFormat, defineConnector, documentPerDay, RecordError } from '../kit/index.ts';
import { DOSSIERS_CONTRACT, dossierRow, ROW_COUNT_HEADER } from './contract.ts';
import { mapDossiers } from './mapping.ts';

const LEVELS = { province: 'tinh', commune: 'xa' } as const;

/** EMC measures the online services: dossiers by province or commune, procedure and day. */
export const emcConnector = defineConnector({
  id: 'emc',
  title: 'Hệ thống đo lường, giám sát chất lượng dịch vụ công (EMC)',
  shape: 'modelled',
  config: z.object({
    /** Figures of provinces, or of each commune: with all services of the country 200 MB a day. */
    level: z.enum(['province', 'commune']).default('province'),
    /** The first day to read. */
    firstDay: z.iso.date().default('2025-06-25'),
  }),
  auth: () => basic(),
  errors: [
    {
      when: { status: 404, code: ['CHUA_CO'] },
      action: 'ignore',
      kind: 'transient',
      userMessage: 'The file of that day is not there yet.',
    },
  ],
  errorCodeOf: codeIn('loi', []),
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'dossiers',
      kinds: ['dossierStatistics'],
      mode: 'document',
      format: countedRows(csvFormat(), ROW_COUNT_HEADER),
      paginator: documentPerDay({
        request: (day, { level }) => ({ method: 'GET', path: `/do-luong/${day}.csv`, query: { cap: LEVELS[level] } }),
        firstDay: ({ firstDay }) => firstDay,
        dayOf,
        // Figures of a day grow until noon of the next, and may be corrected in its afternoon.
        repeatDays: 2,
        patienceDays: 14,
      }),
      decode: rowsOfDay,
      contract: dossierRow,
      contractVersion: DOSSIERS_CONTRACT,
      map: mapDossiers,
    }),
  ],
});

/** The day that a file is of, by its first row. */
function dayOf(body: Json): string | undefined {
  const [first] = body as readonly unknown[];
  return dayIn(first);
}

const dayIn = (row: unknown): string | undefined => {
  const day = (row as { ngay?: unknown } | null | undefined)?.ngay;
  return typeof day === 'string' ? day : undefined;
};

/** A row of another day than its file's is a mistake of the upstream: days are tables of the hub, so none is taken from a typing error. */
function rowsOfDay(body: Json): unknown[] {
  const rows = z.array(z.unknown()).parse(body);
  const day = dayOf(body);
  return rows.map((row) => {
    const own = dayIn(row);
    if (own === day || own === undefined) return row;
    return new RecordError(`is of ${own.slice(0, 20)}, in the file of ${day}`, 'ngay');
  });
}
