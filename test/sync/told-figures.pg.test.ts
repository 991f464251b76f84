import { beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineConnector } from '../../connectors/kit/define-connector.ts';
import { singlePage } from '../../connectors/kit/index.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { OLD, useMendableHub } from './mendable-hub.ts';
import { MENDABLE, mendableSource } from './mendable-source.ts';

const HOUR_MS = 3_600_000;
const { all, answers, now, pass, read, replay, retry, server } = useMendableHub();

/** Figures of one moment; `from` makes each request another one, as a lookback does. */
function measuringSource(
  over: { most?: number; factor?: number; version?: string; from?: number; isFramed?: boolean } = {},
): ConfiguredSource {
  const { most = 100, factor = 1, version = '1', from = 0, isFramed = false } = over;
  const connector = defineConnector({
    ...MENDABLE,
    streams: (stream) => [
      stream({
        name: 'health',
        kinds: ['serviceHealth'],
        mode: 'incremental',
        paginator: singlePage(() => ({ method: 'GET', path: '/health', query: { from } })),
        decode: (body) => (isFramed ? z.object({ rows: z.array(z.unknown()) }).parse(body).rows : (body as never)),
        contract: z.object({ uptime: z.number().max(most) }),
        contractVersion: version,
        map: ({ uptime }) => [
          {
            class: 'measurement',
            kind: 'serviceHealth',
            key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
            measuredAt: new Date('2025-06-27T01:00:00Z'),
            values: { uptimePercent: uptime * factor, cpuPercent: 1, memoryPercent: 1, trafficMbps: 1, alerts: 0 },
          },
        ],
      }),
    ],
  });
  return { ...mendableSource(server().baseUrl, OLD), connector };
}

const tell = async (uptime: number, over: Parameters<typeof measuringSource>[0] = {}) => {
  answers[`/health?from=${over.from ?? 0}`] = { body: [{ uptime }] as never };
  await read(OLD, { source: measuringSource(over) });
  pass(HOUR_MS);
};
const figures = async () =>
  (await all('select uptime_percent as uptime from service_health order by revision')).map(({ uptime }) => uptime);

beforeEach(() => all('truncate service_health'));

describe('a figure that was told earlier', () => {
  test('stays below the one that was told later, where only answers of before are replayed', async () => {
    await tell(90);
    const until = now();
    await tell(95);
    await replay(OLD, { source: measuringSource(), until });
    expect(await figures()).toEqual([90, 95]);
  });

  test('adds nothing where answers to ever other requests are replayed', async () => {
    await tell(90, { from: 1 });
    await tell(95, { from: 2 });
    const log = await all('select count(*) from change');
    const outcome = await replay(OLD, { source: measuringSource() });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', counts: { read: 2, accepted: 0, changes: 0 } });
    expect(await figures()).toEqual([90, 95]);
    expect(await all('select count(*) from change')).toEqual(log);
  });

  test('gives way to what a mended mapping makes of the answer that was told last, once', async () => {
    await tell(40, { from: 1 });
    await tell(45, { from: 2 });
    const mended = measuringSource({ factor: 2, version: '2' });
    expect((await replay(OLD, { source: mended })).counts).toMatchObject({ accepted: 1, changes: 1 });
    expect(await figures()).toEqual([40, 45, 90]);
    expect((await replay(OLD, { source: mended })).counts).toMatchObject({ accepted: 0, changes: 0 });
  });

  test('is not current for having been rejected then and taken now', async () => {
    await tell(101);
    await tell(97);
    expect(await retry(OLD, { source: measuringSource({ most: 200, version: '2' }) })).toMatchObject({
      state: 'SUCCEEDED',
      counts: { read: 1, accepted: 0, changes: 0 },
    });
    expect(await figures()).toEqual([97]);
    expect(await all('select settled_at is not null as settled from rejection')).toEqual([{ settled: true }]);
  });

  test('is taken from the last of several that were rejected, where nothing was told since', async () => {
    await tell(101);
    await tell(103);
    await retry(OLD, { source: measuringSource({ most: 200, version: '2' }) });
    expect((await figures()).at(-1)).toBe(103);
  });
});

describe('a stored answer that has another frame than the contract of today takes', () => {
  test('is told by a replay, which is partial where others can be read', async () => {
    await tell(90, { from: 1 });
    answers['/health?from=2'] = { body: { rows: [{ uptime: 95 }] } as never };
    await read(OLD, { source: measuringSource({ from: 2, isFramed: true }) });
    expect(await replay(OLD, { source: measuringSource({ isFramed: true }) })).toMatchObject({
      state: 'PARTIAL',
      failure: { code: 'UPSTREAM_CONTRACT', message: expect.stringMatching(/^One stored answer cannot be read/) },
      counts: { read: 1 },
    });
  });

  test('fails the replay where there is no other', async () => {
    await tell(90, { from: 1 });
    await tell(91, { from: 2 });
    expect(await replay(OLD, { source: measuringSource({ isFramed: true }) })).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringMatching(/^2 stored answers cannot be read/) },
    });
  });
});
