import * as z from 'zod';
import { bearer, defineConnector, graphqlErrorCode, lookback, relayList } from '../kit/index.ts';
import { HEALTH_CONTRACT, HEALTH_DOCUMENT, health, SYSTEMS_CONTRACT, SYSTEMS_DOCUMENT, system } from './contract.ts';
import { mapHealth, mapSystem } from './mapping.ts';

const PATH = '/graphql';
const PAGE_SIZE = 2;
const DAY_MS = 86_400_000;

/** iNet: the systems that it runs for provinces, and their health. */
export const inetConnector = defineConnector({
  id: 'inet',
  title: 'iNet',
  shape: 'modelled',
  config: z.object({}),
  auth: () => bearer(),
  errors: [
    {
      when: { status: 200, code: ['UNAUTHENTICATED', 'FORBIDDEN'] },
      action: 'fail',
      kind: 'configuration',
      userMessage: 'iNet does not take the token; check the environment variable that the source names.',
    },
  ],
  errorCodeOf: graphqlErrorCode,
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      ...relayList({ path: PATH, document: SYSTEMS_DOCUMENT, connection: ['installations'], size: PAGE_SIZE }),
      contract: system,
      contractVersion: SYSTEMS_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      ...relayList({
        ...lookback({ firstMs: 7 * DAY_MS, overlapMs: 3 * DAY_MS }),
        path: PATH,
        document: HEALTH_DOCUMENT,
        connection: ['dailyReports'],
        size: PAGE_SIZE,
        variables: (_config, since) => ({ since }),
      }),
      contract: health,
      contractVersion: HEALTH_CONTRACT,
      map: mapHealth,
    }),
  ],
});
