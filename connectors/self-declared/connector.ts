import * as z from 'zod';
import { defineConnector, hubKey } from '../kit/index.ts';
import { columns, ROWS_CONTRACT, row } from './contract.ts';
import { mapRow } from './mapping.ts';

/** Provinces that run a system themselves: they send rows about themselves, with a key of the hub for each. */
export const selfDeclaredConnector = defineConnector({
  id: 'self-declared',
  title: 'Tỉnh, thành phố tự khai báo',
  shape: 'modelled',
  config: z.object({}),
  streams: () => [],
  push: (push) =>
    push({
      verify: hubKey(),
      formats: ['json', 'csv', 'ndjson'],
      // Of five systems; what is said of one again and again is stored statement by statement.
      maxRecords: 1_000,
      recordsAt: 'rows',
      columns,
      kinds: ['deployment'],
      contract: row,
      contractVersion: ROWS_CONTRACT,
      map: mapRow,
    }),
});
