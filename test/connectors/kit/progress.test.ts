import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Format } from '../../../connectors/kit/formats/format.ts';
import {
  countedRows,
  cursorPage,
  documentPerDay,
  nextLink,
  odataDelta,
  pageNumber,
  rowNumberPage,
  singlePage,
  springPage,
} from '../../../connectors/kit/index.ts';
import type { DecodedPage, PageOutcome, Paginator } from '../../../connectors/kit/paging/paginator.ts';
import { WholeProgress } from '../../../connectors/kit/whole-progress.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { page as syncPage } from '../../sync/stand-in.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const config = { baseUrl: 'https://upstream.test/api' };
type Config = typeof config;
const get = () => ({ method: 'GET', path: '/things' }) as const;
const page = (records: readonly unknown[], body: Json = null): PageOutcome => ({
  outcome: 'answered',
  page: { records, body } satisfies DecodedPage,
});
const row = (stt: number, total?: number) => ({ stt, ...(total !== undefined && { total }) });
const rowOptions = {
  size: 2,
  request: get,
  rowNumberOf: (record: unknown) => (record as { stt: number }).stt,
  totalOf: (record: unknown) => (record as { total?: number }).total,
};
const frameOf = (body: Json) => body as never;

/** What a paginator says after each page of a list. */
function progressOf(paginator: Paginator<Config, never>, outcomes: readonly PageOutcome[]): string[] {
  const told: string[] = [];
  let state: never | undefined = paginator.start({ config, memory: undefined, domainNow: NOW });
  for (const outcome of outcomes) {
    if (state === undefined) throw new Error('the list ended before its pages');
    const progress = paginator.progress?.(state, outcome);
    told.push(progress ? `${progress.done}/${progress.total}` : '–');
    state = paginator.next(state, outcome);
  }
  return told;
}

describe('how far a list is read', () => {
  const days = documentPerDay<Config>({
    request: get,
    dayOf: () => undefined,
    firstDay: () => '2025-06-25',
    repeatDays: 1,
    patienceDays: 14,
  });
  const spring = (number: number, records: unknown[]) =>
    page(records, { number, totalPages: 2, totalElements: 3, last: number === 1 });

  test.each<{ name: string; paginator: Paginator<Config, never>; outcomes: PageOutcome[]; told: string[] }>([
    {
      name: 'Spring pages',
      paginator: springPage<Config>({ size: 2, request: get }) as never,
      outcomes: [spring(0, [1, 2]), spring(1, [3])],
      told: ['2/3', '3/3'],
    },
    {
      name: 'pages by number',
      paginator: pageNumber<Config>({ size: 2, request: get, frameOf }) as never,
      outcomes: [page([1, 2], { page: 1, pages: 2, total: 4 }), page([3, 4], { page: 2, pages: 2, total: 4 })],
      told: ['2/4', '4/4'],
    },
    {
      name: 'pages by cursor with a total',
      paginator: cursorPage<Config>({ request: get, frameOf }) as never,
      outcomes: [page([1], { next: 'b', total: 4 }), page([2, 3, 4], { next: null, total: 4 })],
      told: ['1/4', '4/4'],
    },
    {
      name: 'pages by cursor without one',
      paginator: cursorPage<Config>({ request: get, frameOf }) as never,
      outcomes: [page([1], { next: 'b' }), page([2], { next: null })],
      told: ['–', '–'],
    },
    {
      name: 'a list that is not modified',
      paginator: cursorPage<Config>({ request: get, frameOf }) as never,
      outcomes: [{ outcome: 'not-modified' }],
      told: ['–'],
    },
    {
      name: 'next links with a total',
      paginator: nextLink<Config>({
        request: get,
        linkOf: (body) => (body as { next?: string }).next,
        totalOf: (body) => (body as { total: number }).total,
      }) as never,
      outcomes: [page([1], { next: '/api/things?p=2', total: 2 }), page([2], { total: 2 })],
      told: ['1/2', '2/2'],
    },
    {
      name: 'OData that counts on its first page only',
      paginator: odataDelta<Config>({ request: get, refreshAfterMs: () => 1 }) as never,
      outcomes: [
        page([1], { value: [1], '@odata.count': 2, '@odata.nextLink': '?$skiptoken=1' }),
        page([2], { value: [2], '@odata.deltaLink': '?$deltatoken=a' }),
      ],
      told: ['1/2', '2/2'],
    },
    {
      name: 'numbered rows whose last page is not full',
      paginator: rowNumberPage<Config>(rowOptions) as never,
      outcomes: [page([row(1, 3), row(2, 3)]), page([row(3, 3)])],
      told: ['2/3', '3/3'],
    },
    {
      name: 'numbered rows with a total',
      paginator: rowNumberPage<Config>(rowOptions) as never,
      outcomes: [page([row(1, 4), row(2, 4)]), page([row(3, 4), row(4, 4)])],
      told: ['2/4', '4/4'],
    },
    {
      name: 'numbered rows without one',
      paginator: rowNumberPage<Config>(rowOptions) as never,
      outcomes: [page([row(1), row(2)]), page([row(3)])],
      told: ['–', '–'],
    },
    {
      name: 'a document a day, also where there is none of a day',
      paginator: days as never,
      outcomes: [page([]), { outcome: 'ignored' }, page([])],
      told: ['1/3', '2/3', '3/3'],
    },
  ])('$name', ({ paginator, outcomes, told }) => {
    expect(progressOf(paginator, outcomes)).toEqual(told);
  });

  test('days that an earlier version stored without their number are not known', () => {
    const stored = { day: '2025-06-26', rest: [] } as never;
    expect(days.progress?.(stored, page([]))).toBeUndefined();
  });
});

describe('how far a whole read has got', () => {
  type Told = { done: number; total: number } | undefined;
  async function* pages(given: readonly Told[]) {
    yield* given.map((progress) => syncPage([], progress && { progress }));
  }
  const shareOf = ({ progress }: { progress?: Told }) => progress && progress.done / progress.total;
  const through = async (progress: WholeProgress, ...given: Told[]) =>
    (await Array.fromAsync(progress.of(pages(given)))).map(shareOf);

  test.each([
    { name: 'of one stream is that of the stream', streams: 1, given: { done: 1, total: 4 }, share: 0.25 },
    { name: 'counts an empty list as through', streams: 2, given: { done: 0, total: 0 }, share: 0.5 },
    { name: 'counts a list that grew as no more than that', streams: 2, given: { done: 9, total: 3 }, share: 0.5 },
    { name: 'is not known where nothing is known', streams: 2, given: undefined, share: undefined },
  ])('$name', async ({ streams, given, share }) => {
    expect(await through(new WholeProgress(streams), given)).toEqual([share]);
  });

  test('goes on from the streams that are through, also where they did not say how far they were', async () => {
    const progress = new WholeProgress(4);
    await through(progress, undefined);
    expect(await through(progress, { done: 1, total: 2 }, { done: 2, total: 2 })).toEqual([0.375, 0.5]);
    expect(await through(progress, { done: 1, total: 2 })).toEqual([0.625]);
  });

  test('counts a stream that failed: nothing more comes of it', async () => {
    const progress = new WholeProgress(2);
    const failing = progress.of(
      (async function* () {
        yield syncPage([], { progress: { done: 1, total: 10 } });
        throw new Error('broken');
      })(),
    );
    await expect(Array.fromAsync(failing)).rejects.toThrow('broken');
    expect(await through(progress, { done: 1, total: 2 })).toEqual([0.75]);
  });

  test('is the sum of those that are read at once', async () => {
    const progress = new WholeProgress(2);
    const [first, second] = [
      [1, 2, 3],
      [1, 2],
    ].map((done) => progress.of(pages(done.map((one) => ({ done: one, total: 4 }))))) as [
      AsyncGenerator<Parameters<typeof shareOf>[0], void>,
      AsyncGenerator<Parameters<typeof shareOf>[0], void>,
    ];
    const told = [];
    for (const read of [first, second, first, second, first]) {
      const { value } = await read.next();
      told.push(value && shareOf(value));
    }
    expect(told).toEqual([0.125, 0.25, 0.375, 0.5, 0.625]);
  });
});

describe('a run tells with its pages how far it has got', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });
  const read = async (answers: ScriptedAnswer[], streams: readonly object[]) => {
    server = await startScripted((nth) => answers[nth - 1] ?? { status: 404 });
    bench = createBench(server.baseUrl);
    const connector = definePlain({
      streams: (stream) =>
        streams.map((own, nth) =>
          stream({
            name: `s${nth}`,
            kinds: ['link'],
            mode: 'snapshot',
            decode: (body: Json) => (Array.isArray(body) ? body : (body as { content: Json[] }).content),
            contract: z.unknown(),
            contractVersion: '1',
            map: () => [],
            ...own,
          } as never),
        ),
    });
    const { pages, error } = await readAll(connector, bench.context);
    expect(error).toBeUndefined();
    return pages.map(({ progress }) => progress && Math.round((progress.done / progress.total) * 100));
  };
  const spring = (number: number, content: number[]): ScriptedAnswer => ({
    body: { content, number, totalPages: 2, totalElements: 4, last: number === 1 },
  });

  test('of two streams, where one says how much there is and the other does not', async () => {
    const told = await read(
      [spring(0, [1, 2]), spring(1, [3, 4]), { body: [1] }],
      [{ paginator: springPage({ size: 2, request: get }) }, { paginator: singlePage(get) }],
    );
    expect(told).toEqual([25, 50, 50, undefined, 100]);
  });

  test('within one large answer whose rows are counted', async () => {
    const inParts: Format = {
      name: 'parts',
      accept: 'application/json',
      async *read({ body }) {
        const rows = JSON.parse((await body.buffer()).toString()) as Json[];
        yield* [rows.slice(0, 1), rows.slice(1, 3), rows.slice(3)];
      },
    };
    const told = await read(
      [{ headers: { 'X-Rows': '4' }, body: [1, 2, 3, 4] }],
      [{ paginator: singlePage(get), format: countedRows(inParts, 'X-Rows') }],
    );
    expect(told).toEqual([25, 75, 100, 100]);
  });
});
