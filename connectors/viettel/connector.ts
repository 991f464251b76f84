import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { codeIn, defineConnector, hmacSignature, hmacSigned, lookback, pageNumber } from '../kit/index.ts';
import { EVENTS_CONTRACT, event, HEALTH_CONTRACT, health, SYSTEMS_CONTRACT, system } from './contract.ts';
import { mapEvent, mapHealth, mapSystem } from './mapping.ts';
import { WEBHOOK_SIGNATURE } from './webhook.ts';

const PAGE_SIZE = 5;
const HOUR_MS = 3_600_000;

const frame = z.object({
  data: z.object({
    items: z.array(z.unknown()),
    offset: z.number().int().nonnegative(),
    total: z.number().int().nonnegative(),
  }),
});

/** Viettel: the systems that it runs for provinces, their health, and webhooks about what happens to them. */
export const viettelConnector = defineConnector({
  id: 'viettel',
  title: 'Viettel',
  shape: 'modelled',
  config: z.object({}),
  auth: () =>
    hmacSigned({
      keyHeader: 'X-Viettel-Key',
      timestampHeader: 'X-Viettel-Timestamp',
      signatureHeader: 'X-Viettel-Signature',
    }),
  errors: [
    {
      when: { status: 401, code: ['TIME_SKEW'] },
      action: 'retry',
      kind: 'system',
      userMessage: "Viettel's clock and ours are more than 5 min apart; one of them has to be set.",
      logMessage: 'the signature is too old or too new for the upstream',
    },
  ],
  errorCodeOf: codeIn('code', ['0', '00']),
  rateLimit: { requestsPerSecond: 10, burst: 20 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: list('/v2/systems'),
      decode: itemsOf,
      contract: system,
      contractVersion: SYSTEMS_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: list(
        '/v2/health',
        lookback({ firstMs: 7 * 24 * HOUR_MS, overlapMs: 26 * HOUR_MS, write: (moment) => moment.getTime() }),
      ),
      decode: itemsOf,
      contract: health,
      contractVersion: HEALTH_CONTRACT,
      map: mapHealth,
    }),
  ],
  push: (push) =>
    push({
      verify: hmacSignature(WEBHOOK_SIGNATURE),
      formats: ['json'],
      maxBytes: 64 * 1024,
      // The early word of what the list says: both stand in one line of statements.
      stream: 'systems',
      kinds: ['deployment'],
      contract: event,
      contractVersion: EVENTS_CONTRACT,
      map: mapEvent,
    }),
});

/** Offset and limit; the page says where it begins and how many there are. */
function list(path: string, incremental: Partial<ReturnType<typeof lookback>> = {}) {
  return pageNumber<unknown>({
    ...incremental,
    size: PAGE_SIZE,
    first: 0,
    request: ({ offset, size, from }) => ({
      method: 'GET',
      path,
      query: { offset, limit: size, ...(from !== null && { from: Number(from) }) },
    }),
    frameOf(body) {
      const { data } = frame.safeParse(body);
      if (!data) return undefined;
      const { offset, total } = data.data;
      return { page: offset / PAGE_SIZE, pages: Math.ceil(total / PAGE_SIZE), total };
    },
  });
}

function itemsOf(body: Json): unknown[] {
  return frame.parse(body).data.items;
}
