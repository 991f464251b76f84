import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { lookback, pageNumber } from '../../../connectors/kit/index.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { createBench, definePlain } from '../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const DAY_MS = 86_400_000;
const FIRST_TRIED = new Date('2025-06-25T08:00:00Z');
const BEGINNING = new Date(FIRST_TRIED.getTime() - 7 * DAY_MS).toISOString();
const dayAfter = (days: number): Date => new Date(FIRST_TRIED.getTime() + days * DAY_MS);

/** News of a week back the first time, and of an overlap of a day from then on, two a page; and a list without news. */
const news = definePlain({
  streams: (stream) => [
    stream({
      name: 'state',
      kinds: ['link'],
      mode: 'snapshot',
      paginator: pageNumber({
        size: 2,
        request: ({ page }) => ({ method: 'GET', path: '/state', query: { page } }),
        frameOf: (body) => (body as { frame?: { page: number; pages: number; total: number } }).frame,
      }),
      decode: (body) => (body as { rows: Json[] }).rows,
      contract: z.unknown(),
      contractVersion: '1',
      map: () => [],
    }),
    stream({
      name: 'news',
      kinds: ['serviceHealth'],
      mode: 'incremental',
      paginator: pageNumber({
        ...lookback({ firstMs: 7 * DAY_MS, overlapMs: DAY_MS }),
        size: 2,
        request: ({ page, from }) => ({ method: 'GET', path: '/news', query: { page, from: String(from) } }),
        frameOf: (body) => (body as { frame?: { page: number; pages: number; total: number } }).frame,
      }),
      decode: (body) => (body as { rows: Json[] }).rows,
      contract: z.unknown(),
      contractVersion: '1',
      map: () => [],
    }),
  ],
});

const page = (nth: number, pages: number, total = pages * 2): ScriptedAnswer => ({
  body: { frame: { page: nth, pages, total }, rows: [{ id: 2 * nth }, { id: 2 * nth + 1 }] },
});
const DOWN: ScriptedAnswer = { status: 500 };

describe('a list of news that was never read', () => {
  let server: ScriptedServer | undefined;
  afterEach(() => server?.stop());

  /** Reads at a moment from what earlier reads left; gives from when news was asked for, once for each request. */
  const readAt = async (
    at: Date,
    answer: (url: URL, nth: number) => ScriptedAnswer,
    checkpoints: Readonly<Record<string, Json>> = {},
  ) => {
    server = await startScripted((nth, { url = '' }) => answer(new URL(url, 'http://x'), nth));
    const bench = createBench(server.baseUrl, { domainClock: { now: () => at }, checkpoints });
    const { error, checkpoints: left } = await readAll(news, bench.context);
    bench.shared.close();
    await server.stop();
    const asked = server.requests.map(({ url }) => new URL(url, 'http://x').searchParams.get('from'));
    return { code: error?.code, left, from: [...new Set(asked.filter((from) => from !== null))] };
  };
  const works = ({ pathname, searchParams }: URL): ScriptedAnswer =>
    pathname === '/state' ? page(1, 1) : page(Number(searchParams.get('page')), 2);

  test.each<[string, (url: URL) => ScriptedAnswer]>([
    ['the list', (url) => (url.pathname === '/news' ? DOWN : works(url))],
    ['a later page of it', (url) => (url.searchParams.get('page') === '2' ? DOWN : works(url))],
    ['all that is asked before it', () => ({ status: 401 })],
  ])('is read from a week before it was first tried, however long %s fails', async (_what, fails) => {
    const first = await readAt(FIRST_TRIED, fails);
    expect(first.code).toBeDefined();
    const second = await readAt(dayAfter(5), fails, first.left);
    // What was cut off longer ago than this is begun anew.
    const third = await readAt(dayAfter(9), works, withoutResume(second.left));
    expect(third).toMatchObject({ code: undefined, from: [BEGINNING] });
    const fourth = await readAt(dayAfter(10), works, third.left);
    expect(fourth).toMatchObject({ code: undefined, from: [dayAfter(8).toISOString()] });
  });

  test('is read from the same moment when it is read anew, since its pages did not fit together', async () => {
    let now = FIRST_TRIED;
    let pages = 2;
    const answer = (url: URL): ScriptedAnswer => {
      const nth = Number(url.searchParams.get('page'));
      if (url.pathname === '/state') return page(1, 1);
      now = new Date(now.getTime() + DAY_MS);
      pages += nth === 2 ? 1 : 0;
      return page(nth, nth === 2 && pages === 3 ? 3 : Math.min(pages, 3));
    };
    server = await startScripted((_nth, { url = '' }) => answer(new URL(url, 'http://x')));
    const bench = createBench(server.baseUrl, { domainClock: { now: () => now } });
    const { error } = await readAll(news, bench.context);
    bench.shared.close();
    expect(error).toBeUndefined();
    const asked = server.requests.map(({ url }) => new URL(url, 'http://x').searchParams);
    const of = asked.filter((query) => query.has('from'));
    expect(of.filter((query) => query.get('page') === '1')).toHaveLength(2);
    expect(new Set(of.map((query) => query.get('from')))).toEqual(new Set([BEGINNING]));
  });

  test('is told to begin anew by a contract that is another', async () => {
    const old = { news: { contractVersion: '0', memory: '2020-01-01T00:00:00.000Z' } };
    expect((await readAt(FIRST_TRIED, works, old)).from).toEqual([BEGINNING]);
  });

  test('says where it begins before anything is asked; a backfill says nothing', async () => {
    const bench = createBench('http://127.0.0.1:9', { domainClock: { now: () => FIRST_TRIED } });
    const { value } = await news.read(bench.context).next();
    expect(value).toMatchObject({ stream: 'news', requests: 0, read: 0, observations: [] });
    expect(value?.checkpoint).toEqual({ contractVersion: '1', memory: BEGINNING });
    const range = { from: dayAfter(-3), to: FIRST_TRIED };
    const back = await readAll(news, { ...bench.context, range });
    expect(back.pages).toEqual([]);
    bench.shared.close();
  });
});

function withoutResume(checkpoints: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(checkpoints).map(([stream, checkpoint]) => {
      const { resume: _old, ...rest } = checkpoint as { resume?: Json };
      return [stream, rest];
    }),
  );
}
