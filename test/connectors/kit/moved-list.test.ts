import { afterEach, expect, test } from '@jest/globals';
import * as z from 'zod';
import { springPage } from '../../../connectors/kit/index.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedServer, startScripted } from '../support/scripted-server.ts';

let server: ScriptedServer;
let bench: TestBench;
afterEach(async () => {
  bench.shared.close();
  await server.stop();
});

const pageOf = (number: number, ...provinces: string[]) => ({
  body: { number, totalPages: 2, totalElements: 4, last: number === 1, content: provinces },
});
/** Health of four provinces, two a page; what is new is read from where the last read got to. */
const connector = definePlain({
  streams: (stream) => [
    stream({
      name: 'health',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: springPage({
        size: 2,
        request: () => ({ method: 'GET', path: '/health' }),
        from: () => 'then',
        memoryAtEnd: () => 'now',
      }),
      decode: (body) => (body as { content: string[] }).content,
      contract: z.string(),
      contractVersion: '1',
      map: (province) => [
        {
          class: 'measurement',
          kind: 'serviceHealth',
          key: { province, system: 'TTHC', vendor: 'VNPT' },
          measuredAt: NOW,
          values: { uptimePercent: 1, cpuPercent: 1, memoryPercent: 1, trafficMbps: 1, alerts: 0 },
        },
      ],
    }),
  ],
});
const memoryAfter = async (...script: (ReturnType<typeof pageOf> | { status: number })[]) => {
  server = await startScripted((nth) => script[nth - 1] ?? { status: 403 });
  bench = createBench(server.baseUrl);
  const { checkpoints, error, observations } = await readAll(connector, bench.context);
  const { memory, resume } = (checkpoints.health ?? {}) as { memory?: string; resume?: unknown };
  return { memory, resume, failed: error !== undefined, read: observations.length };
};

test('a list that moved and then cannot be read anew is read from the same place by the next run', async () => {
  // The second page has a row of the first, so another was passed over.
  const moved = await memoryAfter(pageOf(0, '01', '04'), pageOf(1, '04', '08'), { status: 403 });
  expect(moved).toEqual({ memory: 'then', resume: undefined, failed: true, read: 4 });
});

test('a list that moves each time it is read is read from the same place again', async () => {
  const both = [pageOf(0, '01', '04'), pageOf(1, '04', '08')] as const;
  expect(await memoryAfter(...both, ...both)).toEqual({ memory: 'then', resume: undefined, failed: false, read: 8 });
});

test('a list that moved once is read anew, and remembered from there', async () => {
  const moved = [pageOf(0, '01', '04'), pageOf(1, '04', '08')] as const;
  const whole = [pageOf(0, '01', '04'), pageOf(1, '08', '10')] as const;
  expect(await memoryAfter(...moved, ...whole)).toEqual({ memory: 'now', resume: undefined, failed: false, read: 8 });
});
