import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import {
  codeIn,
  countedRows,
  csvFormat,
  defineConnector,
  formatLocalTime,
  lookback,
  queryToken,
  singlePage,
} from '../kit/index.ts';
import { FILE_CONTRACT, health, ROW_COUNT_HEADER, system } from './contract.ts';
import { mapHealth, mapSystem } from './mapping.ts';

const HOUR_MS = 3_600_000;
const format = countedRows(csvFormat({ delimiter: ';' }), ROW_COUNT_HEADER);
const decode = (body: Json): unknown[] => z.array(z.unknown()).parse(body);

/** Unitech: files of the systems that it runs, and of their health. */
export const unitechConnector = defineConnector({
  id: 'unitech',
  title: 'Unitech',
  shape: 'modelled',
  config: z.object({}),
  auth: () => queryToken(),
  errorCodeOf: codeIn('ma_loi', []),
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
    stream({
      name: 'systems',
      kinds: ['deployment'],
      mode: 'snapshot',
      paginator: singlePage(() => ({ method: 'GET', path: '/xuat/trang-thai.csv' })),
      format,
      decode,
      contract: system,
      contractVersion: FILE_CONTRACT,
      map: mapSystem,
    }),
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: singlePage({
        ...lookback({ firstMs: 7 * 24 * HOUR_MS, overlapMs: 26 * HOUR_MS, write: formatLocalTime }),
        request: (_config, from) => ({ method: 'GET', path: '/xuat/suc-khoe.csv', query: { tu: String(from) } }),
      }),
      format,
      decode,
      contract: health,
      contractVersion: FILE_CONTRACT,
      map: mapHealth,
    }),
  ],
});
