import * as z from 'zod';
import {
  basic,
  defineConnector,
  deltaLinkExpired,
  lookback,
  odataChanges,
  odataDelta,
  odataErrorCode,
  odataPages,
  odataValue,
} from '../kit/index.ts';
import { CONTRACT, health, systemChange } from './contract.ts';
import { mapHealth, mapSystemChange } from './mapping.ts';

const HOUR_MS = 3_600_000;
const PAGE_SIZE = 2;

/** BT: the systems that it runs, by their changes, and their health. */
export const btConnector = defineConnector({
  id: 'bt',
  title: 'BT',
  shape: 'modelled',
  config: z.object({
    /** How long changes alone are read before everything is read again; by the time of the domain. */
    refreshMinutes: z.number().min(1).max(10_000).default(60),
  }),
  auth: () => basic(),
  errors: [deltaLinkExpired],
  errorCodeOf: odataErrorCode,
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: odataDelta({
        request: () => list('HeThong', { $orderby: 'Id' }, 'odata.track-changes, '),
        refreshAfterMs: ({ refreshMinutes }) => refreshMinutes * 60_000,
      }),
      decode: odataChanges,
      contract: systemChange,
      contractVersion: CONTRACT,
      map: mapSystemChange,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: odataPages({
        ...lookback({ firstMs: 7 * 24 * HOUR_MS, overlapMs: 26 * HOUR_MS }),
        request: (_config, from) => list('SucKhoe', { $orderby: 'DoLuc,Id', $filter: `DoLuc gt ${String(from)}` }),
      }),
      decode: odataValue,
      contract: health,
      contractVersion: CONTRACT,
      map: mapHealth,
    }),
  ],
});

function list(set: string, query: Record<string, string>, preferences = '') {
  const headers = { Prefer: `${preferences}odata.maxpagesize=${PAGE_SIZE}`, 'OData-Version': '4.0' };
  return { method: 'GET', path: `/odata/v4/${set}`, query: { ...query, $count: 'true' }, headers } as const;
}
