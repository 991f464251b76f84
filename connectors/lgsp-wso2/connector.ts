import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import {
  ConnectorError,
  codeIn,
  defineConnector,
  oauth2ClientCredentials,
  provinceCode,
  singlePage,
} from '../kit/index.ts';
import { CONNECTIONS_CONTRACT, connection } from './contract.ts';
import { mapConnection } from './mapping.ts';

const frame = z.object({
  Data: z.object({
    ProvinceCode: z.unknown(),
    CheckedAt: z.unknown(),
    Total: z.coerce.number().int(),
    Connections: z.array(z.record(z.string(), z.unknown())),
  }),
});

/** A province's integration platform on a WSO2-like gateway; one source per province. */
export const lgspWso2Connector = defineConnector({
  id: 'lgsp-wso2',
  title: 'LGSP cấp tỉnh (WSO2)',
  shape: 'public',
  config: z.object({ province: provinceCode }),
  auth: () => oauth2ClientCredentials({ tokenPath: '/token', clientId: 'consumerKey', clientSecret: 'consumerSecret' }),
  errorCodeOf: codeIn('Status', ['1']),
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'connections',
      kinds: ['link'],
      mode: 'snapshot',
      paginator: singlePage(() => ({ method: 'GET', path: '/KetNoi/TrangThai' })),
      decode: decodeConnections,
      contract: connection,
      contractVersion: CONNECTIONS_CONTRACT,
      map: mapConnection,
    }),
  ],
});

function decodeConnections(body: Json): unknown[] {
  const { Connections, Total, ...dau } = frame.parse(body).Data;
  if (Connections.length !== Total) {
    throw ConnectorError.of('system', `The platform promises ${Total} connections and gives ${Connections.length}.`);
  }
  return Connections.map((record) => ({ dau, ...record }));
}
