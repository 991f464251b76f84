import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { credentialHeaders, jsonFormat, singlePage } from '../../../connectors/kit/index.ts';
import type { MessageQueue } from '../../../connectors/kit/message-queue.ts';
import type { StreamDefinition } from '../../../connectors/kit/stream.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const message = z.object({ id: z.string(), state: z.enum(['UP', 'DOWN']) });
type Overrides = Partial<MessageQueue<object>>;

const define = (queue: Overrides = {}, stream: Partial<StreamDefinition<object, typeof message>> = {}) =>
  definePlain({
    errors: [{ when: { status: 410 }, action: 'ignore', kind: 'system', userMessage: 'gone' }],
    breaker: { failureThreshold: 3, openMs: 30_000 },
    retry: { maxAttempts: 1, firstDelayMs: 1, maxDelayMs: 1 },
    streams: (create) => [
      create({
        name: 'messages',
        kinds: ['link'],
        mode: 'incremental',
        paginator: singlePage(() => ({ method: 'GET', path: '/list' })),
        decode: (body) => z.array(z.string()).parse(body),
        queue: {
          idOf: String,
          get: (id) => ({ method: 'GET', path: `/get/${id}` }),
          format: jsonFormat(),
          idIn: (body) => (body as { id?: string }).id,
          acknowledge: (id, outcome) => ({ method: 'POST', path: `/${outcome}/${id}` }),
          ...queue,
        },
        contract: message,
        contractVersion: '1',
        map: ({ id, state }) => [
          {
            class: 'fact',
            kind: 'link',
            key: { province: '01', target: id },
            observedAt: NOW,
            attributes: { state },
          },
        ],
        ...stream,
      }),
    ],
  });

describe('a queue of messages', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });

  /** A server with these messages; `answers` by path stand in for what would be given. */
  const run = async (
    ids: readonly string[],
    answers: Readonly<Record<string, ScriptedAnswer>> = {},
    queue: Overrides = {},
  ) => {
    server = await startScripted((_nth, { url = '' }) => {
      const [, , id = ''] = url.split('/');
      return answers[url] ?? { body: url === '/list' ? [...ids] : { id, state: 'UP' } };
    });
    bench = createBench(server.baseUrl);
    const result = await readAll(define(queue), bench.context);
    const asked = (kind: string): string[] =>
      server.requests.flatMap(({ url }) => (url.startsWith(`/${kind}/`) ? [url.slice(kind.length + 2)] : []));
    const given = result.observations.map(({ key }) => (key as { target: string }).target);
    return { ...result, given, got: asked('get'), done: asked('done'), failed: asked('fail') };
  };
  const broken = { body: { id: 'B', state: 7 } };
  const unreadable = { status: 500 };

  test('is read in the order of its list, each message once, and acknowledged one by one', async () => {
    const { given, done, pages, error } = await run(['A', 'B', 'A', 'C', 'D', 'E', 'F']);
    expect(error).toBeUndefined();
    expect([given, done]).toEqual([
      ['A', 'B', 'C', 'D', 'E', 'F'],
      ['A', 'B', 'C', 'D', 'E', 'F'],
    ]);
    // One for each, and one that says that the queue is through.
    expect(pages).toHaveLength(7);
  });

  test('that is empty is through', async () => {
    const { pages, error } = await run([]);
    expect([error, pages.length]).toEqual([undefined, 1]);
  });

  test('rejects what breaks the contract, and tells the upstream that it failed', async () => {
    const { given, rejections, done, failed } = await run(['A', 'B', 'C'], { '/get/B': broken });
    expect([given, done, failed]).toEqual([['A', 'C'], ['A', 'C'], ['B']]);
    expect(rejections).toMatchObject([{ path: 'state' }]);
  });

  test('leaves what cannot be got, goes on, and says so at the end', async () => {
    const { given, done, failed, error } = await run(['A', 'B', 'C'], { '/get/B': unreadable });
    expect([given, done, failed]).toEqual([['A', 'C'], ['A', 'C'], []]);
    expect(error?.code).toBe('UPSTREAM_SYSTEM');
  });

  test('passes over what is gone by the time it is asked for, however much: that is no fault of the upstream', async () => {
    const gone = Object.fromEntries(['A', 'B', 'C', 'D'].map((id) => [`/get/${id}`, { status: 410 }]));
    const { given, done, failed, error } = await run(['A', 'B', 'C', 'D', 'E'], gone, { concurrency: 1 });
    expect([given, done, failed, error]).toEqual([['E'], ['E'], [], undefined]);
  });

  test('leaves what another message came for', async () => {
    const { given, done, error } = await run(['A', 'B'], { '/get/B': { body: { id: 'A', state: 'UP' } } });
    expect([given, done]).toEqual([['A'], ['A']]);
    expect(error?.message).toMatch(/another message/);
  });

  test('asks for no more after three in a row that cannot be got', async () => {
    const answers = Object.fromEntries(['B', 'C', 'D'].map((id) => [`/get/${id}`, unreadable]));
    const { given, got, error } = await run(['A', 'B', 'C', 'D', 'E', 'F'], answers, { concurrency: 1 });
    expect([given, got, error?.code]).toEqual([['A'], ['A', 'B', 'C', 'D'], 'UPSTREAM_SYSTEM']);
  });

  test('asks for no more at once where the credentials are refused', async () => {
    const { given, got, error } = await run(['A', 'B', 'C'], { '/get/B': { status: 401 } }, { concurrency: 1 });
    expect([given, got, error?.code]).toEqual([['A'], ['A', 'B'], 'UPSTREAM_CONFIGURATION']);
  });

  test('goes on where an acknowledgement fails: the message comes again', async () => {
    const { given, error } = await run(['A', 'B', 'C'], { '/done/A': unreadable });
    expect([given, error?.code]).toEqual([['A', 'B', 'C'], 'UPSTREAM_SYSTEM']);
  });

  test('is read as far as one run may', async () => {
    const { given } = await run(['A', 'B', 'C'], {}, { maxMessages: 2 });
    expect(given).toEqual(['A', 'B']);
  });

  test('is asked for as many messages at a time as it is told, and for none while a page is stored', async () => {
    const release = Promise.withResolvers<void>();
    let underWay = 0;
    let most = 0;
    server = await startScripted(async (_nth, { url = '' }) => {
      if (!url.startsWith('/get/')) return { body: url === '/list' ? ['A', 'B', 'C', 'D', 'E'] : {} };
      underWay += 1;
      most = Math.max(most, underWay);
      if (underWay === 3) release.resolve();
      await release.promise;
      underWay -= 1;
      return { body: { id: url.slice(5), state: 'UP' } };
    });
    bench = createBench(server.baseUrl);
    const seen: number[] = [];
    for await (const page of define({ concurrency: 3 }).read(bench.context)) {
      if (page.read > 0) seen.push(underWay);
    }
    expect([most, seen]).toEqual([3, [0, 0, 0, 0, 0]]);
  });
});

test.each([
  { name: 'as a snapshot', queue: {}, stream: { mode: 'snapshot' as const }, reason: /never tells all/ },
  { name: 'none at a time', queue: { concurrency: 0 }, stream: {}, reason: /at least 1/ },
  { name: 'none in a run', queue: { maxMessages: 0 }, stream: {}, reason: /at least 1/ },
  {
    name: 'conditionally',
    queue: {},
    stream: { conditional: { refreshAfterMs: 1 } },
    reason: /never asked conditionally/,
  },
])('a queue that is read $name is refused when it is declared', ({ queue, stream, reason }) => {
  expect(() => define(queue, stream)).toThrow(reason);
});

describe('credentials in headers', () => {
  test('go each in its own', async () => {
    const kind = credentialHeaders({ 'X-System-Id': 'systemId', 'X-Secret': 'secret' });
    expect(kind.credentials).toEqual(['systemId', 'secret']);
    const setup = { credentials: { systemId: 's-1', secret: 'bí mật' } } as never;
    const { request } = await kind.authorize({ method: 'GET', path: '/', headers: { A: '1' } }, setup);
    expect(request.headers).toEqual({ A: '1', 'X-System-Id': 's-1', 'X-Secret': 'bí mật' });
  });

  test('without a header are refused when they are declared', () => {
    expect(() => credentialHeaders({})).toThrow(/signs nobody in/);
  });
});
