import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { bearer, ConnectorError, defineConnector, provinceCode, singlePage } from '../kit/index.ts';
import { CONNECTIONS_CONTRACT, connection } from './contract.ts';
import { mapConnection } from './mapping.ts';

const SUCCESS_CODES = ['0', '00'];

const frame = z.object({
  correlationId: z.unknown(),
  response: z.object({ total: z.coerce.number().int(), data: z.array(z.record(z.string(), z.unknown())) }),
});

/** A province's integration platform in the manner of Thái Nguyên; one source per province. */
export const lgspEnvelopeConnector = defineConnector({
  id: 'lgsp-envelope',
  title: 'LGSP cấp tỉnh (kiểu Thái Nguyên)',
  shape: 'public',
  config: z.object({ province: provinceCode }),
  auth: () => bearer(),
  errorCodeOf,
  rateLimit: { requestsPerSecond: 5, burst: 5 },
  streams: (stream) => [
    stream({
      name: 'connections',
      kinds: ['link'],
      mode: 'snapshot',
      paginator: singlePage(({ province }) => ({
        method: 'POST',
        path: '/ecs/ketnoi/trangthai',
        json: { ma_tinh: province },
      })),
      decode: decodeConnections,
      contract: connection,
      contractVersion: CONNECTIONS_CONTRACT,
      map: mapConnection,
    }),
  ],
});

/** The envelope has a code of its own; where the service behind it fails, that one is inside. */
function errorCodeOf(body: Json): string | undefined {
  const { code, response } = (body ?? {}) as { code?: unknown; response?: { error_code?: unknown } };
  if (code !== undefined && String(code) !== '200') return String(code);
  const inner = response?.error_code;
  return inner === undefined || SUCCESS_CODES.includes(String(inner)) ? undefined : String(inner);
}

function decodeConnections(body: Json): unknown[] {
  const { correlationId, response } = frame.parse(body);
  const { data, total } = response;
  if (data.length !== total) {
    throw ConnectorError.of('system', `The platform promises ${total} connections and gives ${data.length}.`);
  }
  return data.map((record) => ({ correlationId, ...record }));
}
