import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { basic, codeIn, defineConnector, documentPerDay, requireCount, singlePage, xmlFormat } from '../kit/index.ts';
import { answer, HEALTH_CONTRACT, health, NAMESPACE, SYSTEMS_CONTRACT, system } from './contract.ts';
import { mapHealth, mapSystem } from './mapping.ts';

const format = xmlFormat({ namespace: NAMESPACE, lists: ['HeThong', 'SucKhoe'] });
const resultOf = codeIn('@ketQua', ['0', '00']);

/** MobiFone: the systems that it runs for provinces, and their health. */
export const mobifoneConnector = defineConnector({
  id: 'mobifone',
  title: 'MobiFone',
  shape: 'modelled',
  config: z.object({
    /** The first day there may be a health report of. */
    firstDay: z.iso.date().default('2025-06-25'),
  }),
  auth: () => basic(),
  errors: [
    {
      when: { status: 404, code: ['CHUA_CO'] },
      action: 'ignore',
      kind: 'transient',
      userMessage: 'The health report of that day is not there yet.',
    },
  ],
  errorCodeOf: (body) => resultOf((body as { TraLoi?: Json })?.TraLoi ?? null),
  rateLimit: { requestsPerSecond: 2, burst: 6 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      format,
      paginator: singlePage(() => ({ method: 'GET', path: '/xml/he-thong' })),
      decode: (body) => entries(body, 'HeThong'),
      contract: system,
      contractVersion: SYSTEMS_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'document',
      format,
      paginator: documentPerDay({
        request: (day) => ({ method: 'GET', path: `/xml/suc-khoe/${day}.xml` }),
        firstDay: ({ firstDay }) => firstDay,
        dayOf: (body) => answer.parse(body).TraLoi['@ngay'],
        repeatDays: 3,
        patienceDays: 14,
      }),
      decode: (body) => entries(body, 'SucKhoe'),
      contract: health,
      contractVersion: HEALTH_CONTRACT,
      map: mapHealth,
    }),
  ],
});

function entries(body: Json, name: 'HeThong' | 'SucKhoe'): unknown[] {
  const { '@soLuong': promised, [name]: found } = answer.parse(body).TraLoi;
  requireCount(found.length, promised, 'exactly', name);
  return found;
}
