import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import {
  defineConnector,
  JSON_API_HEADERS,
  jsonApiErrorCode,
  jsonApiPages,
  jsonApiRecords,
  jwtLogin,
  lookback,
} from '../kit/index.ts';
import { CONTRACT, deployment, healthReport } from './contract.ts';
import { mapDeployment, mapHealthReport } from './mapping.ts';

const HOUR_MS = 3_600_000;
const PAGE_SIZE = 2;

/** Bkav: the systems that it runs, and their health. */
export const bkavConnector = defineConnector({
  id: 'bkav',
  title: 'Bkav',
  shape: 'modelled',
  config: z.object({}),
  auth: () =>
    jwtLogin({
      credentials: ['username', 'password'],
      login: ({ username = '', password = '' }) => signIn('/api/v2/auth/login', { username, password }),
      refresh: (refreshToken) => signIn('/api/v2/auth/refresh', { 'refresh-token': refreshToken }),
      tokensOf,
    }),
  errorCodeOf: jsonApiErrorCode,
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: jsonApiPages({
        request: () => list('deployments', { include: 'province,partners,incident' }),
      }),
      decode: jsonApiRecords,
      contract: deployment,
      contractVersion: CONTRACT,
      map: mapDeployment,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: jsonApiPages({
        ...lookback({ firstMs: 7 * 24 * HOUR_MS, overlapMs: 26 * HOUR_MS }),
        request: (_config, from) =>
          list('health-reports', { include: 'deployment.province', 'filter[measured-after]': String(from) }),
      }),
      decode: jsonApiRecords,
      contract: healthReport,
      contractVersion: CONTRACT,
      map: mapHealthReport,
    }),
  ],
});

function list(type: string, query: Record<string, string>) {
  const path = `/api/v2/${type}`;
  return { method: 'GET', path, query: { ...query, 'page[size]': PAGE_SIZE }, headers: JSON_API_HEADERS } as const;
}

function signIn(path: string, attributes: Record<string, string>) {
  return { method: 'POST', path, headers: JSON_API_HEADERS, json: { data: { type: 'sessions', attributes } } } as const;
}

function tokensOf(body: Json) {
  const tokens = z.object({ 'access-token': z.string().min(1), 'refresh-token': z.string().min(1).optional() });
  const given = z.object({ data: z.object({ attributes: tokens }) }).safeParse(body).data?.data.attributes;
  return given && { access: given['access-token'], refresh: given['refresh-token'] };
}
