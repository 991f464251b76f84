import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError, codeIn, defineConnector, headerEnvelope, provinceCode, singlePage } from '../kit/index.ts';
import { CONNECTIONS_CONTRACT, connection } from './contract.ts';
import { mapConnection } from './mapping.ts';

const frame = z.object({
  response_data: z.object({
    maTinh: z.unknown(),
    thoiDiem: z.unknown(),
    tongSo: z.coerce.number().int(),
    danhSach: z.array(z.record(z.string(), z.unknown())),
  }),
});

/** A province's integration platform in the manner of TP Hồ Chí Minh; one source per province. */
export const lgspHcmConnector = defineConnector({
  id: 'lgsp-hcm',
  title: 'LGSP cấp tỉnh (kiểu TP Hồ Chí Minh)',
  shape: 'public',
  config: z.object({ province: provinceCode }),
  auth: () =>
    headerEnvelope({
      tokenPath: '/token',
      header: 'lgspaccesstoken',
      members: {
        AccessKey: 'accessKey',
        SecretKey: 'secretKey',
        AppName: 'appName',
        PartnerCode: 'partnerCode',
        PartnerCodeCus: 'partnerCodeCus',
      },
    }),
  errorCodeOf: codeIn('response_code', ['00', '0']),
  rateLimit: { requestsPerSecond: 5, burst: 5 },
  streams: (stream) => [
    stream({
      name: 'connections',
      kinds: ['link'],
      mode: 'snapshot',
      paginator: singlePage(({ province }) => ({
        method: 'GET',
        path: '/api/APITraCuuTrangThaiKetNoi',
        query: { maTinh: province },
      })),
      decode: decodeConnections,
      contract: connection,
      contractVersion: CONNECTIONS_CONTRACT,
      map: mapConnection,
    }),
  ],
});

function decodeConnections(body: Json): unknown[] {
  const { danhSach, tongSo, ...dau } = frame.parse(body).response_data;
  if (danhSach.length !== tongSo) {
    throw ConnectorError.of('system', `The platform promises ${tongSo} connections and gives ${danhSach.length}.`);
  }
  return danhSach.map((record) => ({ dau, ...record }));
}
