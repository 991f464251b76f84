import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { codeIn, cookies, defineConnector, rowNumberPage } from '../kit/index.ts';
import { agency, COVERAGE_CONTRACT, coverage } from './contract.ts';
import { AGENCIES, mapCoverage } from './mapping.ts';

/** Less than half of the time to live that the sandbox gives its word. */
const REFRESH_AFTER_MS = 60_000;

/** The portal's public web gateway, as its own pages ask it. */
export const dvcqgWebConnector = defineConnector({
  id: 'dvcqg-web',
  title: 'Cổng Dịch vụ công quốc gia, cổng web công khai',
  shape: 'public',
  config: z.object({}),
  auth: () =>
    cookies({ entryPath: '/p/home/dvc-trang-chu.html', required: ['JSESSIONID'], rejection: /request rejected/i }),
  errorCodeOf: codeIn('error', []),
  // Nobody has promised us anything: one request a second harms no one.
  rateLimit: { requestsPerSecond: 1, burst: 1 },
  lookups: (lookup) => ({
    [AGENCIES]: lookup({
      paginator: service('procedure_get_list_agency_by_type_service_v2', 20),
      decode: decodeRows,
      contract: agency,
      entry: ({ ID, PROVINCE_CODE }) => (PROVINCE_CODE === '' ? undefined : [ID, PROVINCE_CODE]),
    }),
  }),
  streams: (stream) => [
    stream({
      name: 'coverage',
      kinds: ['serviceCoverage'],
      mode: 'snapshot',
      paginator: service('report_tile_cungcap_dvctt_service', 50),
      diff: { refreshAfterMs: REFRESH_AFTER_MS },
      decode: decodeRows,
      contract: coverage,
      contractVersion: COVERAGE_CONTRACT,
      map: mapCoverage,
      lookups: [AGENCIES],
    }),
  ],
});

function service(name: string, size: number) {
  return rowNumberPage({
    size,
    request: ({ pageIndex }) => ({
      method: 'POST',
      path: '/jsp/rest.jsp',
      headers: { 'X-Requested-With': 'XMLHttpRequest' },
      form: {
        params: JSON.stringify({
          type: 'ref',
          provider: 'dvcquocgia',
          service: name,
          pageIndex,
          recordPerPage: size,
        }),
      },
    }),
    rowNumberOf: (record) => numberIn(record, 'ROW_STT') ?? Number.NaN,
    totalOf: (record) => numberIn(record, 'TOTAL'),
  });
}

function numberIn(record: unknown, member: string): number | undefined {
  const value = (record as Record<string, unknown> | null)?.[member];
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

function decodeRows(body: Json): unknown[] {
  return z.array(z.unknown()).parse(body);
}
