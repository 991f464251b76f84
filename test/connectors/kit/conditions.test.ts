import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { ConnectorContext } from '../../../connectors/kit/connector.ts';
import { type CursorFrame, cursorPage } from '../../../connectors/kit/index.ts';
import { type ReadResult, readAll } from '../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const REFRESH_AFTER_MS = 60_000;

/** Reads a list by cursor that says as a whole whether it changed. */
const connector = definePlain({
  retry: { maxAttempts: 1, firstDelayMs: 1, maxDelayMs: 1 },
  streams: (stream) => [
    stream({
      name: 'things',
      kinds: ['link'],
      mode: 'snapshot',
      paginator: cursorPage({
        request: ({ cursor }) => ({ method: 'GET', path: '/things', ...(cursor && { query: { cursor } }) }),
        frameOf: (body) => body as unknown as CursorFrame,
      }),
      decode: (body) => (body as { items: unknown[] }).items,
      contract: z.object({ id: z.string() }),
      contractVersion: '1',
      map: ({ id }) => [
        {
          class: 'fact',
          kind: 'link',
          key: { province: '01', target: id },
          observedAt: NOW,
          attributes: { state: 'UP' },
        },
      ],
      conditional: { refreshAfterMs: REFRESH_AFTER_MS, of: 'list' },
    }),
  ],
});

describe('a list that says as a whole whether it changed', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  let list: { readonly ids: unknown[]; readonly etag: string; readonly secondEtag?: string };
  let isBroken: boolean;
  let now: Date;
  let checkpoints: ConnectorContext['checkpoints'];

  beforeEach(async () => {
    list = { ids: ['A', 'B', 'C'], etag: '"1"' };
    isBroken = false;
    now = NOW;
    checkpoints = {};
    server = await startScripted((_nth, { url, headers }) => {
      if (headers['if-none-match'] === list.etag) return { status: 304 };
      const isSecond = url?.includes('cursor') === true;
      if (isSecond && isBroken) return { status: 500 };
      const items = (isSecond ? list.ids.slice(2) : list.ids.slice(0, 2)).map((id) => ({ id }));
      const ETag = isSecond ? (list.secondEtag ?? list.etag) : list.etag;
      return { headers: { ETag }, body: { items, next: isSecond ? null : 'two', total: list.ids.length } };
    });
    bench = createBench(server.baseUrl);
  });
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });

  const read = async (afterMs = 1000): Promise<ReadResult> => {
    now = new Date(now.getTime() + afterMs);
    const result = await readAll(connector, { ...bench.context, checkpoints, clock: { now: () => now } });
    ({ checkpoints } = result);
    return result;
  };
  const targets = ({ observations }: ReadResult) => observations.map(({ key }) => (key as { target: string }).target);

  test('is asked for once, and then nothing is said: neither anew nor absent', async () => {
    const first = await read();
    expect([targets(first), first.complete]).toEqual([['A', 'B', 'C'], ['things']]);
    const second = await read();
    expect([second.error, targets(second), second.complete]).toEqual([undefined, [], []]);
    expect(server.requests).toHaveLength(3);
  });

  test('is read whole again once it changed: its later pages are never asked for conditionally', async () => {
    await read();
    list = { ids: ['A', 'B', 'D'], etag: '"2"' };
    const second = await read();
    expect([targets(second), second.complete]).toEqual([['A', 'B', 'D'], ['things']]);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      '"1"',
      undefined,
    ]);
  });

  test('is read whole again after a time, though nothing changed', async () => {
    await read();
    const second = await read(REFRESH_AFTER_MS);
    expect([targets(second), second.complete]).toEqual([['A', 'B', 'C'], ['things']]);
  });

  test.each([
    { name: 'a page of it failed', seen: { fails: true } },
    { name: 'a record of it was rejected', seen: { ids: ['A', 'B', 7] } },
    { name: 'it changed between its pages', seen: { secondEtag: '"3"' } },
  ])('is not taken for known when $name', async ({ seen: { fails = false, ...seen } }) => {
    await read();
    list = { ids: ['A', 'B', 'D'], etag: '"2"', ...seen };
    isBroken = fails;
    await read();
    isBroken = false;
    const asked = server.requests.length;
    // What it was before the change, too, is known no more: the hub has seen other pages since.
    list = { ids: ['A', 'B', 'C'], etag: '"1"' };
    const third = await read();
    expect(server.requests.slice(asked).map(({ headers }) => headers['if-none-match'] ?? 'none')).not.toContain('"1"');
    expect(targets(third)).toContain('C');
  });
});
