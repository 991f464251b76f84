import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { codeIn, defineConnector, jsonLinesFormat, mutualTls, noAuth, singlePage } from '../kit/index.ts';
import { closingLine, FILE_CONTRACT, health, system } from './contract.ts';
import { mapHealth, mapSystem } from './mapping.ts';

const format = jsonLinesFormat({ countOf: (line) => closingLine.safeParse(line).data?.soDong });
const decode = (body: Json): unknown[] => z.array(z.unknown()).parse(body);
/** The files change once a day, so most reads find nothing new; facts live longer than this. */
const conditional = { refreshAfterMs: 2 * 60_000 };

/** Minh Tuệ: files of the systems that it runs, and of their health. */
export const minhtueConnector = defineConnector({
  id: 'minhtue',
  title: 'Minh Tuệ',
  shape: 'modelled',
  config: z.object({
    /** Whether the upstream knows the hub by a certificate; on its intranet it asks for none. */
    mutualTls: z.boolean().default(false),
  }),
  auth: (config) => (config.mutualTls ? mutualTls({ authority: 'authority' }) : noAuth()),
  errorCodeOf: codeIn('loi', []),
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: singlePage(() => ({ method: 'GET', path: '/xuat/he-thong.jsonl' })),
      format,
      conditional,
      decode,
      contract: system,
      contractVersion: FILE_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: singlePage(() => ({ method: 'GET', path: '/xuat/suc-khoe.jsonl' })),
      format,
      conditional,
      decode,
      contract: health,
      contractVersion: FILE_CONTRACT,
      map: mapHealth,
    }),
  ],
});
