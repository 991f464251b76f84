import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { singlePage } from '../../../connectors/kit/index.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const LISTS = ['/a', '/b', '/c'] as const;

/** Three lists of targets, each of which names its agency by a code of one catalogue. */
const threeLists = definePlain({
  lookups: (lookup) => ({
    agencies: lookup({
      paginator: singlePage(() => ({ method: 'GET', path: '/agencies' })),
      decode: (body) => body as Json[],
      contract: z.object({ code: z.string(), name: z.string() }),
      entry: ({ code, name }) => [code, name],
    }),
  }),
  streams: (stream) =>
    LISTS.map((path) =>
      stream({
        name: path.slice(1),
        kinds: ['link'],
        mode: 'snapshot',
        lookups: ['agencies'],
        paginator: singlePage(() => ({ method: 'GET', path })),
        decode: (body) => body as Json[],
        contract: z.object({ agency: z.string() }),
        contractVersion: '1',
        map: ({ agency }, { lookups }) => [
          {
            class: 'fact',
            kind: 'link',
            key: { province: '01', target: lookups.agencies?.get(agency) ?? 'unknown' },
            observedAt: NOW,
            attributes: { state: 'UP' },
          },
        ],
      }),
    ),
});

describe('a source that is read with a concurrency', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  let most = 0;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });

  type Answers = (path: string, request: IncomingMessage) => ScriptedAnswer | Promise<ScriptedAnswer>;
  const each: Answers = (path) => ({ body: [{ agency: path.slice(1) }] });
  /** Answers the catalogue, and the lists once so many of them as are expected have been asked at once. */
  const setUp = async (
    { expected = 1, answer = each }: { expected?: number; answer?: Answers },
    config: Record<string, Json>,
  ): Promise<void> => {
    const reached = Promise.withResolvers<void>();
    let underWay = 0;
    most = 0;
    server = await startScripted(async (_nth, request) => {
      const { url = '' } = request;
      if (url === '/agencies') return { body: LISTS.map((path) => ({ code: path.slice(1), name: `agency ${path}` })) };
      underWay += 1;
      most = Math.max(most, underWay);
      if (most >= expected) reached.resolve();
      await reached.promise;
      // One too many would come about now.
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
      return answer(url, request);
    });
    bench = createBench(server.baseUrl, { config });
  };
  const paths = () => server.requests.map(({ url }) => url).sort();

  test.each<{ config: Record<string, Json>; expected: number }>([
    { config: {}, expected: 1 },
    { config: { concurrency: 1 }, expected: 1 },
    { config: { concurrency: 2 }, expected: 2 },
    { config: { concurrency: 3 }, expected: 3 },
  ])(
    'is asked for $expected lists at once where $config says so, and for a catalogue once',
    async ({ config, expected }) => {
      await setUp({ expected }, config);
      const { error, observations, complete } = await readAll(threeLists, bench.context);
      expect(error).toBeUndefined();
      expect(observations.map(({ key }) => 'target' in key && key.target).sort()).toEqual([
        'agency /a',
        'agency /b',
        'agency /c',
      ]);
      expect([...complete].sort()).toEqual(['a', 'b', 'c']);
      expect(paths()).toEqual(['/a', '/agencies', '/b', '/c']);
      expect(most).toBe(expected);
    },
  );

  test('brings all but the list that fails, and says which failure came first', async () => {
    await setUp(
      { answer: (path) => (path === '/b' ? { status: 503 } : { body: [{ agency: 'a' }] }) },
      { concurrency: 3 },
    );
    const { error, complete } = await readAll(threeLists, bench.context);
    expect(error?.code).toBe('UPSTREAM_TRANSIENT');
    expect([...complete].sort()).toEqual(['a', 'c']);
  });

  test('asks for nothing more once its credentials are refused', async () => {
    await setUp({ answer: (path) => (path === '/a' ? { status: 401 } : { body: [] }) }, { concurrency: 2 });
    const { error } = await readAll(threeLists, bench.context);
    expect(error?.code).toBe('UPSTREAM_CONFIGURATION');
    expect(paths()).not.toContain('/c');
  });

  test('leaves nothing under way when whoever takes the pages leaves', async () => {
    const hung = Promise.withResolvers<ScriptedAnswer>();
    const asked = Promise.withResolvers<IncomingMessage>();
    const answer: Answers = (path, request) => {
      if (path === '/a') return { body: [{ agency: 'a' }] };
      asked.resolve(request);
      return hung.promise;
    };
    await setUp({ answer }, { concurrency: 2 });
    const pages = threeLists.read(bench.context);
    expect((await pages.next()).value).toMatchObject({ stream: 'a' });
    const closed = once((await asked.promise).socket, 'close');
    await pages.return();
    await closed;
    expect(await pages.next()).toEqual({ done: true, value: undefined });
    hung.resolve({ body: [] });
  });

  test('keeps to the requests of one run, however many ask at once', async () => {
    await setUp({}, { concurrency: 3, requestBudget: 3 });
    const { error } = await readAll(threeLists, bench.context);
    expect(error?.message).toMatch(/used up its 3 requests/);
    expect(server.requests).toHaveLength(3);
  });
});

test('a concurrency that makes no sense is told with its place', () => {
  const baseUrl = 'https://plain.example.vn';
  const problems = (concurrency: Json) => threeLists.checkConfig({ baseUrl, concurrency });
  expect(problems(3)).toEqual([]);
  expect(problems(4)).toEqual([
    { path: ['concurrency'], message: 'has to be at most 3: the connector has 3 streams.' },
  ]);
  expect(problems(0)).toEqual([{ path: ['concurrency'], message: expect.stringMatching(/>=1/) }]);
  const oneStream = definePlain().checkConfig({ baseUrl, concurrency: 1 });
  expect(oneStream).toEqual([{ path: ['concurrency'], message: 'There is no option "concurrency".' }]);
});
