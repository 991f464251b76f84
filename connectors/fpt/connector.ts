import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { apiKey, type CursorFrame, codeIn, cursorPage, defineConnector, lookback } from '../kit/index.ts';
import { DEPLOYMENTS_CONTRACT, deployment, METRICS_CONTRACT, metrics } from './contract.ts';
import { mapDeployment, mapMetrics } from './mapping.ts';

const PAGE_SIZE = 3;
const DAY_MS = 86_400_000;
/** What has not changed is asked for in full again this often, so that what FPT still holds stays fresh. */
const REFRESH_AFTER_MS = 60_000;

const frame = z.object({
  data: z.array(z.unknown()),
  paging: z.object({ next: z.string().nullable(), total: z.number().int().nonnegative() }),
});

/** FPT: the systems that it runs for provinces, and their health. */
export const fptConnector = defineConnector({
  id: 'fpt',
  title: 'FPT',
  shape: 'modelled',
  config: z.object({}),
  auth: () => apiKey({ header: 'X-FPT-Api-Key' }),
  errorCodeOf: codeIn('code', ['0', '00']),
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: cursorPage({
        request: ({ cursor }) => ({ method: 'GET', path: '/api/v2/deployments', query: { ...asked(cursor) } }),
        frameOf,
      }),
      decode: (body) => frame.parse(body).data,
      contract: deployment,
      contractVersion: DEPLOYMENTS_CONTRACT,
      map: mapDeployment,
      conditional: { refreshAfterMs: REFRESH_AFTER_MS, of: 'list' },
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: cursorPage({
        ...lookback({
          firstMs: 7 * DAY_MS,
          overlapMs: 3 * DAY_MS,
          write: (moment) => Math.floor(moment.getTime() / 1000),
        }),
        request: ({ cursor, from }) => ({
          method: 'GET',
          path: '/api/v2/metrics/daily',
          query: { since: Number(from), ...asked(cursor) },
        }),
        frameOf,
      }),
      decode: (body) => frame.parse(body).data,
      contract: metrics,
      contractVersion: METRICS_CONTRACT,
      map: mapMetrics,
    }),
  ],
});

const asked = (cursor: string | undefined) => ({ limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) });

function frameOf(body: Json): CursorFrame | undefined {
  return frame.safeParse(body).data?.paging;
}
