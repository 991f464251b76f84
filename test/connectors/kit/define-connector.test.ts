import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { documentPerDay, oauth2ClientCredentials, singlePage } from '../../../connectors/kit/index.ts';
import { addDays } from '../../../connectors/kit/local-time.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../support/scripted-server.ts';

describe('a definition that makes no sense fails when it is made', () => {
  test.each([
    { name: 'an id', overrides: { id: 'Plain_1' }, reason: /kebab case/ },
    { name: 'no stream', overrides: { streams: () => [] }, reason: /no stream/ },
    {
      name: 'a rate of nothing',
      overrides: { rateLimit: { requestsPerSecond: 0, burst: 1 } },
      reason: /wait for ever/,
    },
    { name: 'a burst of nothing', overrides: { rateLimit: { requestsPerSecond: 1, burst: 0 } }, reason: /never let/ },
    {
      name: 'a day of nothing',
      overrides: { rateLimit: { requestsPerSecond: 1, burst: 1, requestsPerDay: 0 } },
      reason: /0 requests a day/,
    },
    {
      name: 'no attempt',
      overrides: { retry: { maxAttempts: 0, firstDelayMs: 1, maxDelayMs: 2 } },
      reason: /one attempt/,
    },
    { name: 'delays', overrides: { retry: { maxAttempts: 2, firstDelayMs: 9, maxDelayMs: 2 } }, reason: /longer than/ },
    { name: 'no budget', overrides: { rateLimit: undefined } as never, reason: /no rate limit/ },
    { name: 'a misspelt option', overrides: { ratelimit: 1 } as object, reason: /knows no option ratelimit/ },
    { name: 'a breaker', overrides: { breaker: { failureThreshold: 0, openMs: 1 } }, reason: /threshold/ },
  ])('$name', ({ overrides, reason }) => {
    expect(() => definePlain(overrides)).toThrow(reason);
  });

  test.each([
    { name: 'documents that are not remembered', mode: 'document', kinds: ['link'], reason: /does not remember/ },
    { name: 'measurements as a snapshot', mode: 'snapshot', kinds: ['serviceHealth'], reason: /never absent/ },
    { name: 'no kind', mode: 'snapshot', kinds: [], reason: /no kind/ },
    { name: 'a misspelt option', mode: 'snapshot', kinds: ['link'], decoder: 1, reason: /option decoder/ },
    { name: 'a lookup that is not there', mode: 'snapshot', kinds: ['link'], lookups: ['x'], reason: /lookup x/ },
  ] as const)('$name', ({ mode, kinds, reason, name: _case, ...rest }) => {
    const define = () =>
      definePlain({
        streams: (stream) => [
          stream({
            name: 's',
            kinds,
            mode,
            paginator: singlePage(() => ({ method: 'GET', path: '/' })),
            decode: () => [],
            contract: z.unknown(),
            contractVersion: '1',
            map: () => [],
            ...rest,
          }),
        ],
      });
    expect(define).toThrow(reason);
  });
});

describe('a run', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });
  const setUp = async (
    script: (nth: number) => ScriptedAnswer,
    overrides: Parameters<typeof createBench>[1] = {},
  ): Promise<void> => {
    server = await startScripted(script);
    bench = createBench(server.baseUrl, overrides);
  };

  test('waits as long as Retry-After says, then goes on', async () => {
    await setUp((nth) => (nth === 1 ? { status: 429, headers: { 'Retry-After': '7' } } : { body: [{ id: 'DVCQG' }] }));
    const { error, observations } = await readAll(definePlain(), bench.context);
    expect(error).toBeUndefined();
    expect(observations).toHaveLength(1);
    expect(bench.time.waits).toEqual([7000]);
  });

  const daily = definePlain({
    rateLimit: { requestsPerSecond: 1, burst: 1 },
    streams: (stream) => [
      stream({
        name: 'days',
        kinds: ['link'],
        mode: 'document',
        paginator: documentPerDay({
          request: (day) => ({ method: 'GET', path: `/${day}` }),
          firstDay: () => '2019-01-01',
          dayOf: (body) => (body as { day: string }).day,
          repeatDays: 1,
          patienceDays: 1,
        }),
        decode: (body) => [body],
        contract: z.object({ day: z.string() }),
        contractVersion: '1',
        map: () => [],
      }),
    ],
  });
  const sixYears = { from: new Date('2019-01-01T00:00:00+07:00'), to: NOW };

  test('that reads back years at a request a second goes on for more than five minutes and 2,000 requests', async () => {
    await setUp((nth) => ({ body: { day: addDays('2019-01-01', nth - 1) } }));
    const { error } = await readAll(daily, { ...bench.context, range: sixYears });
    expect(error).toBeUndefined();
    expect(server.requests).toHaveLength(2370);
  });

  test('that reads back keeps to the requests that its source allows it', async () => {
    await setUp((nth) => ({ body: { day: addDays('2019-01-01', nth - 1) } }), { config: { requestBudget: 3 } });
    const { error } = await readAll(daily, { ...bench.context, range: sixYears });
    expect(error?.userMessage).toMatch(/used up its 3 requests/);
  });

  test('gives up after its attempts, and a breaker that opened asks no more', async () => {
    await setUp(() => ({ status: 503 }));
    const connector = definePlain({ breaker: { failureThreshold: 6, openMs: 30_000 } });
    const codes: (string | undefined)[] = [];
    for (let run = 1; run <= 3; run += 1) codes.push((await readAll(connector, bench.context)).error?.code);
    expect(codes).toEqual(['UPSTREAM_TRANSIENT', 'UPSTREAM_TRANSIENT', 'UPSTREAM_TRANSIENT']);
    expect(server.requests).toHaveLength(6);
  });

  test('follows no redirect, so that credentials go nowhere else', async () => {
    await setUp(() => ({ status: 302, headers: { Location: '/elsewhere' } }));
    const { error } = await readAll(definePlain(), bench.context);
    expect(error).toMatchObject({ code: 'UPSTREAM_CONFIGURATION', retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  test('refuses an answer over its limit, and one that comes too late', async () => {
    await setUp(() => ({ body: [{ id: 'x'.repeat(5000) }] }), { config: { maxResponseBytes: 2048 } });
    expect((await readAll(definePlain(), bench.context)).error?.userMessage).toMatch(/larger than/);
  });

  test('says everything that is wrong with its configuration at once', async () => {
    await setUp(() => ({}), { config: { baseUrl: 'ftp://x', requestDeadlineMs: -1 } });
    const { error } = await readAll(definePlain(), bench.context);
    expect(error?.code).toBe('UPSTREAM_CONFIGURATION');
    expect(error?.userMessage).toMatch(/baseUrl.*requestDeadlineMs/);
  });

  test('rejects what breaks the contract, with the reason and the place, and goes on with the rest', async () => {
    await setUp(() => ({ body: [{ id: 7 }, { id: 'EMC' }, 'x'] }));
    const { observations, rejections } = await readAll(definePlain(), bench.context);
    expect(observations).toHaveLength(1);
    expect(rejections.map(({ path, record }) => ({ path, record }))).toEqual([
      { path: 'id', record: { id: 7 } },
      { path: undefined, record: 'x' },
    ]);
  });

  test('rejects what claims to be observed in the future', async () => {
    await setUp(() => ({ body: [{ id: 'EMC' }] }), {
      domainClock: { now: () => new Date(NOW.getTime() - 11 * 60_000) },
    });
    const { rejections } = await readAll(definePlain(), bench.context);
    expect(rejections[0]?.reason).toMatch(/11 min in the future/);
  });

  test('waits for no other: all that may go out by the rate limit are under way at once', async () => {
    const many = 20;
    const all = Promise.withResolvers<void>();
    let underWay = 0;
    server = await startScripted(async () => {
      underWay += 1;
      if (underWay === many) all.resolve();
      await all.promise;
      return { body: [{ id: 'EMC' }] };
    });
    bench = createBench(server.baseUrl, { config: { requestDeadlineMs: 3000 } });
    const runs = await Promise.all(Array.from({ length: many }, () => readAll(definePlain(), bench.context)));
    all.resolve();
    expect(runs.map(({ error }) => error)).toEqual(Array.from({ length: many }));
  });

  test('signs in once for many runs at once, and once more when the token is revoked', async () => {
    let token = 0;
    const isRevoked = new Set<string>();
    server = await startScripted((_nth, request) => {
      if (request.url === '/token') return { body: { access_token: `t${++token}`, expires_in: '3600' } };
      const given = String(request.headers.authorization);
      return isRevoked.has(given) ? { status: 401 } : { body: [{ id: 'EMC' }] };
    });
    bench = createBench(server.baseUrl, { credentials: { clientId: 'a', clientSecret: 'b' } });
    const connector = definePlain({ auth: () => oauth2ClientCredentials({ tokenPath: '/token' }) });
    await Promise.all(Array.from({ length: 20 }, () => readAll(connector, bench.context)));
    expect(token).toBe(1);
    isRevoked.add('Bearer t1');
    const results = await Promise.all(Array.from({ length: 20 }, () => readAll(connector, bench.context)));
    expect(token).toBe(2);
    expect(results.every(({ error }) => error === undefined)).toBe(true);
  });
});

describe('conditional requests', () => {
  const conditionalOf = (mode: 'snapshot' | 'incremental') =>
    definePlain({
      streams: (stream) => [
        stream({
          name: 'things',
          kinds: ['link'],
          mode,
          paginator: singlePage(() => ({ method: 'GET', path: '/things' })),
          decode: (body) => body as Json[],
          contract: z.object({ id: z.string() }),
          contractVersion: '1',
          map: () => [],
          conditional: { refreshAfterMs: 60_000 },
        }),
      ],
    });
  const conditional = conditionalOf('snapshot');

  test('are sent while the full answer is young; "not modified" completes no snapshot', async () => {
    const server = await startScripted((_nth, request) =>
      request.headers['if-none-match'] === '"v1"'
        ? { status: 304 }
        : { headers: { ETag: '"v1"' }, body: [{ id: 'A' }] },
    );
    const bench = createBench(server.baseUrl);
    const at = (seconds: number, checkpoints: Record<string, Json>) =>
      readAll(conditional, {
        ...bench.context,
        checkpoints,
        clock: { now: () => new Date(NOW.getTime() + seconds * 1000) },
      });
    const first = await at(0, {});
    const second = await at(30, first.checkpoints);
    const third = await at(60, second.checkpoints);
    expect([first, second, third].map(({ pages }) => pages[0]?.read)).toEqual([1, 0, 1]);
    expect([first, second, third].map(({ complete }) => complete.length)).toEqual([1, 0, 1]);
    bench.shared.close();
    await server.stop();
  });

  test.each([
    { mode: 'incremental', means: 'the same news would only be rejected again', rejected: [1, 0] },
    { mode: 'snapshot', means: 'as long as some of it cannot be taken all of it is asked for', rejected: [1, 1] },
  ] as const)('after a rejection of a stream that is $mode: $means', async ({ mode, rejected }) => {
    const reading = conditionalOf(mode);
    const server = await startScripted((_nth, request) =>
      request.headers['if-none-match'] === '"v1"'
        ? { status: 304 }
        : { headers: { ETag: '"v1"' }, body: [{ id: 7 }, { id: 'A' }] },
    );
    const bench = createBench(server.baseUrl);
    const first = await readAll(reading, bench.context);
    const second = await readAll(reading, { ...bench.context, checkpoints: first.checkpoints });
    expect([first, second].map(({ rejections }) => rejections.length)).toEqual(rejected);
    expect(second.error).toBeUndefined();
    bench.shared.close();
    await server.stop();
  });

  test('are not sent by a contract of another version', async () => {
    const server = await startScripted(() => ({ headers: { ETag: '"v1"' }, body: [{ id: 'A' }] }));
    const bench = createBench(server.baseUrl);
    const old = {
      things: { contractVersion: '0', validators: { '/things?': { etag: '"v1"', fullAt: NOW.toISOString() } } },
    };
    await readAll(conditional, { ...bench.context, checkpoints: old });
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined]);
    bench.shared.close();
    await server.stop();
  });
});
