import * as z from 'zod';
import {
  apiKey,
  type CodeMap,
  defineConnector,
  mapCode,
  provinceCode,
  singlePage,
  text,
  zonedTime,
} from '../../connectors/kit/index.ts';
import type { Observation } from '../../schema/observation.ts';

// contract.ts: what the upstream promises of one record. Unknown members are let pass, so a new one breaks nothing.
export const deploymentRecord = z.object({
  province: provinceCode,
  system: z.enum(['TTHC', 'QLVB', 'HOP', 'LGSP', 'BAOCAO']),
  state: z.string(),
  remark: text().optional(),
  updatedAt: zonedTime,
});

// mapping.ts: pure. The vendor speaks only of what it runs itself; an unknown code is UNMAPPED, never a guess.
const states: CodeMap<'PREPARING' | 'PILOT' | 'OPERATING'> = {
  version: '1',
  codes: { '0': 'PREPARING', '1': 'PILOT', '6': 'OPERATING' },
};
export function toObservations(record: z.output<typeof deploymentRecord>): Observation[] {
  const status = mapCode(states, record.state);
  return [
    {
      class: 'fact',
      kind: 'deployment',
      key: { province: record.province, system: record.system },
      observedAt: record.updatedAt,
      attributes: { vendors: ['FPT'], status: status.value, ...(record.remark ? { note: record.remark } : {}) },
      ...(status.rawCode === undefined ? {} : { detail: { rawCode: status.rawCode } }),
    },
  ];
}

// connector.ts: one declaration. Retries, rate limit, breaker, budgets and checkpoints are the kit's.
export const fpt = defineConnector({
  id: 'fpt',
  title: 'FPT, what it runs',
  shape: 'modelled',
  config: z.object({}),
  auth: () => apiKey({ header: 'X-API-Key' }),
  rateLimit: { requestsPerSecond: 5, burst: 5 },
  streams: (stream) => [
    stream({
      name: 'deployments',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: singlePage(() => ({ method: 'GET', path: '/v1/deployments' })),
      decode: (body) => z.object({ items: z.array(z.unknown()) }).parse(body).items,
      contract: deploymentRecord,
      contractVersion: '1',
      map: toObservations,
    }),
  ],
});
