import * as z from 'zod';
import { apiKey, codeIn, defineConnector, documentPerDay, singlePage } from '../kit/index.ts';
import { DEPLOYMENTS_CONTRACT, deploymentPart, READINESS_CONTRACT, readinessPart } from './contract.ts';
import { decodeDeployments, decodeReadiness } from './decode.ts';
import { mapDeployment, mapReadiness } from './mapping.ts';

/** What has not changed is asked for in full again this often, so that what the source still holds stays fresh. */
const REFRESH_AFTER_MS = 60_000;

/** The Ministry of Science and Technology's reports on the readiness of the 34 provinces. */
export const khcnConnector = defineConnector({
  id: 'khcn',
  title: 'Báo cáo của Bộ Khoa học và Công nghệ',
  shape: 'modelled',
  config: z.object({
    /** The first day there may be a report of. */
    firstDay: z.iso.date().default('2025-06-25'),
  }),
  auth: () => apiKey({ header: 'X-API-Key' }),
  errors: [
    {
      when: { status: 404, code: ['CHUA_CONG_BO'] },
      action: 'ignore',
      kind: 'transient',
      userMessage: 'The report of that day is not published yet.',
    },
  ],
  errorCodeOf: codeIn('maLoi', ['0', '00']),
  rateLimit: { requestsPerSecond: 10, burst: 20 },
  streams: (stream) => [
    stream({
      name: 'readiness',
      kinds: ['readiness', 'criterionCount'],
      mode: 'document',
      paginator: documentPerDay({
        request: (ngay) => ({ method: 'GET', path: '/bao-cao', query: { ngay } }),
        firstDay: ({ firstDay }) => firstDay,
        dayOf: (body) => (body as { ngay?: string }).ngay,
        repeatDays: 3,
        patienceDays: 14,
      }),
      decode: decodeReadiness,
      contract: readinessPart,
      contractVersion: READINESS_CONTRACT,
      map: mapReadiness,
      conditional: { refreshAfterMs: REFRESH_AFTER_MS },
    }),
    stream({
      name: 'deployments',
      kinds: ['deployment', 'vendorCount'],
      mode: 'snapshot',
      paginator: singlePage(() => ({ method: 'GET', path: '/trien-khai' })),
      decode: decodeDeployments,
      contract: deploymentPart,
      contractVersion: DEPLOYMENTS_CONTRACT,
      map: mapDeployment,
      conditional: { refreshAfterMs: REFRESH_AFTER_MS },
    }),
  ],
});
