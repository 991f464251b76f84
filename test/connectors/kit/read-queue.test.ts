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
  const faulty = { status: 500 };
  const undecodable = { bytes: Buffer.from('{"id":"\xff"}', 'latin1') };
  const all = (ids: readonly string[], answer: ScriptedAnswer, kind = 'get') =>
    Object.fromEntries(ids.map((id) => [`/${kind}/${id}`, answer]));
  const head = ['P1', 'P2', 'P3', 'P4', 'P5'];

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
    const { given, done, failed, error } = await run(['A', 'B', 'C'], { '/get/B': faulty });
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

  test.each([1, 4])('is not held up by what cannot be got at its head, by %d at a time', async (concurrency) => {
    const { given, got, done, error } = await run([...head, 'A', 'B'], all(head, faulty), { concurrency });
    expect([given, done, error?.code]).toEqual([['A', 'B'], ['A', 'B'], 'UPSTREAM_SYSTEM']);
    // Once the others are through it is asked for again, until that is hopeless.
    expect(got.length).toBeGreaterThan(head.length + 2);
    expect(got.slice(0, 7)).toEqual(expect.arrayContaining([...head, 'A', 'B']));
    // Faults of single messages keep nobody from asking a healthy upstream.
    const next = await readAll(define(), bench.context);
    expect(next.error?.message).not.toMatch(/breaker/);
  });

  test('takes what could be got only later', async () => {
    let calls = 0;
    server = await startScripted((_nth, { url = '' }) => {
      if (url === '/list') return { body: ['A', 'B'] };
      return url === '/get/A' && ++calls === 1 ? faulty : { body: { id: url.slice(5), state: 'UP' } };
    });
    bench = createBench(server.baseUrl);
    const { error } = await readAll(define(), bench.context);
    expect([error, server.requests.map(({ url }) => url)]).toEqual([
      undefined,
      ['/list', '/get/A', '/get/B', '/done/B', '/get/A', '/done/A'],
    ]);
  });

  test('rejects what cannot be decoded, and tells the upstream that it failed', async () => {
    const answers = { ...all(head, undecodable), '/get/P2': { body: undefined } };
    const { given, rejections, done, failed, error } = await run([...head, 'A'], answers);
    expect([given, done, failed, error]).toEqual([['A'], ['A'], head, undefined]);
    expect(rejections.map(({ record }) => (record as { message: string }).message)).toEqual(head);
    expect(rejections[0]).toMatchObject({ reason: expect.stringMatching(/not valid UTF-8/), contractVersion: '1' });
    expect(rejections[0]?.record).toMatchObject({ beginning: '{"id":"\ufffd"}' });
  });

  test('leaves what a web page came for: that says nothing of the message', async () => {
    const answers = { '/get/A': { bytes: Buffer.from('<html>Bảo trì</html>') } };
    const { given, failed, rejections, error } = await run(['A', 'B'], answers);
    expect([given, failed, rejections.length, error?.code]).toEqual([['B'], [], 0, 'UPSTREAM_SYSTEM']);
  });

  test('asks for no more where nobody answers', async () => {
    const ids = ['A', 'B', 'C', 'D', 'E', 'F'];
    const { given, got, error } = await run(ids, all(ids.slice(1), { breaks: true }), { concurrency: 1 });
    expect([given, got, error?.code]).toEqual([['A'], ['A', 'B', 'C', 'D'], 'UPSTREAM_TRANSIENT']);
  });

  test('asks for no more at once where the credentials are refused', async () => {
    const { given, got, error } = await run(['A', 'B', 'C'], { '/get/B': { status: 401 } }, { concurrency: 1 });
    expect([given, got, error?.code]).toEqual([['A'], ['A', 'B'], 'UPSTREAM_CONFIGURATION']);
  });

  test('goes on where an acknowledgement fails: the message comes again', async () => {
    const { given, error } = await run(['A', 'B', 'C'], { '/done/A': faulty });
    expect([given, error?.code]).toEqual([['A', 'B', 'C'], 'UPSTREAM_SYSTEM']);
  });

  test('is not held up by what cannot be acknowledged at its head', async () => {
    const { given, done, error } = await run([...head, 'A'], all(head, faulty, 'done'));
    expect([given, done.slice(0, 6)]).toEqual([
      [...head, 'A'],
      [...head, 'A'],
    ]);
    expect(error?.code).toBe('UPSTREAM_SYSTEM');
  });

  test.each([{ status: 204 }, { status: 200 }])('may be acknowledged without a word: %j', async (answer) => {
    const { done, error } = await run(['A', 'B'], all(['A', 'B'], answer, 'done'));
    expect([done, error]).toEqual([['A', 'B'], undefined]);
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
