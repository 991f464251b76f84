import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { codeIn, defineConnector, lookback, oauth2ClientCredentials, springPage } from '../kit/index.ts';
import { HEALTH_CONTRACT, health, SYSTEMS_CONTRACT, system } from './contract.ts';
import { mapHealth, mapSystem } from './mapping.ts';

const PAGE_SIZE = 50;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** VNPT: the systems that it runs for provinces, and their health. */
export const vnptConnector = defineConnector({
  id: 'vnpt',
  title: 'VNPT',
  shape: 'modelled',
  config: z.object({}),
  auth: () => oauth2ClientCredentials({ tokenPath: '/oauth/token', refresh: true }),
  errorCodeOf: codeIn('error', []),
  rateLimit: { requestsPerSecond: 10, burst: 20 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: springPage({
        size: PAGE_SIZE,
        request: () => ({ method: 'GET', path: '/api/v1/systems', query: { sort: 'id' } }),
      }),
      decode: decodeContent,
      contract: system,
      contractVersion: SYSTEMS_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: springPage({
        size: PAGE_SIZE,
        ...lookback({ firstMs: 7 * DAY_MS, overlapMs: 26 * HOUR_MS }),
        request: (_config, from) => ({
          method: 'GET',
          path: '/api/v1/health',
          query: { sort: 'id', from: String(from) },
        }),
      }),
      decode: decodeContent,
      contract: health,
      contractVersion: HEALTH_CONTRACT,
      map: mapHealth,
    }),
  ],
});

function decodeContent(body: Json): unknown[] {
  return z.object({ content: z.array(z.unknown()) }).parse(body).content;
}
