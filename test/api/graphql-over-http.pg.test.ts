import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { useDatabase } from '../support/database.ts';
import { loadGround } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { startHub, type TestHub } from './support/start-hub.ts';

const store = useDatabase();
let hub: TestHub;

beforeAll(async () => {
  await loadGround(store.database());
  hub = await startHub(store.database());
});
afterAll(() => hub?.stop());

const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(hub.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('the audits of graphql-http', () => {
  const audits = serverAudits({ url: () => hub.url, fetchFn: fetch });

  test('there are at least 60 of them', () => {
    expect(audits.length).toBeGreaterThanOrEqual(60);
  });

  test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect(result).toMatchObject({ status: 'ok' });
  });
});

describe('bad input over HTTP is a clear error with a code', () => {
  const cases = [
    { what: 'malformed GraphQL', body: { query: '{ provinces {' }, code: 'GRAPHQL_PARSE_FAILED' },
    { what: 'an unknown field', body: { query: '{ provinzen }' }, code: 'GRAPHQL_VALIDATION_FAILED' },
    { what: 'an unknown province', body: { query: '{ province(code: "99") { name } }' }, code: 'NOT_FOUND' },
    {
      what: 'an unknown province in a filter',
      body: { query: '{ deployments(filter: {provinces: ["99"]}) { totalCount } }' },
      code: 'BAD_USER_INPUT',
    },
    {
      what: 'a variable of the wrong type',
      body: { query: 'query ($first: Int) { deployments(first: $first) { totalCount } }', variables: { first: 'ten' } },
      code: 'BAD_USER_INPUT',
    },
    {
      what: 'a time without a zone',
      body: { query: '{ criteria(asOf: "2025-06-27T12:15:00") { code } }' },
      code: 'BAD_USER_INPUT',
    },
    { what: 'a cursor that is none', body: { query: '{ changes(after: "x") { totalCount } }' }, code: 'BAD_CURSOR' },
    {
      what: 'a cursor of the future',
      body: { query: '{ changes(after: "test-00000000000fffff") { totalCount } }' },
      code: 'BAD_CURSOR',
    },
    {
      what: 'a page that is too large',
      body: { query: '{ deployments(first: 501) { totalCount } }' },
      code: 'LIMIT_PAGE_SIZE',
    },
    {
      what: 'a thousand aliases',
      body: { query: `{ ${Array.from({ length: 1000 }, (_, at) => `a${at}: clock { now }`).join(' ')} }` },
      code: 'LIMIT_ALIASES',
    },
    {
      what: 'a mutation without a key',
      body: { query: 'mutation { syncNow(source: "khcn") { id } }' },
      code: 'UNAUTHENTICATED',
    },
    {
      what: 'an unknown operation name',
      body: { query: 'query A { clock { now } }', operationName: 'B' },
      code: 'BAD_USER_INPUT',
    },
  ];
  test.each(cases)('$what', async ({ body, code }) => {
    const answer = (await (await post(body)).json()) as Loose;
    expect(answer.errors[0].extensions.code).toBe(code);
    expect(JSON.stringify(answer)).not.toMatch(/select |at .*\.ts|stacktrace/i);
  });

  test('a document of 10 MB is refused, and the next request is answered', async () => {
    const huge = await post({ query: `{ clock { now } } #${'x'.repeat(10_000_000)}` }).catch(() => undefined);
    if (huge) {
      expect(huge.status).toBeGreaterThanOrEqual(400);
      expect(((await huge.json()) as Loose).errors[0].extensions.code).toBe('LIMIT_DOCUMENT_SIZE');
    }
    expect((await post({ query: '{ clock { now } }' })).status).toBe(200);
  });

  test('a document above the limit that the transport lets through is refused by its size', async () => {
    const answer = (await (await post({ query: `{ clock { now } } #${'x'.repeat(110_000)}` })).json()) as Loose;
    expect(answer.errors[0].extensions).toMatchObject({ code: 'LIMIT_DOCUMENT_SIZE', limit: 100_000 });
  });
});

test('an answer tells what it cost', async () => {
  const answer = (await (await post({ query: '{ clock { now speed simulated } }' })).json()) as Loose;
  expect(answer.data.clock).toEqual({ now: '2025-06-27T06:15:00.000Z', speed: 1440, simulated: true });
  expect(answer.extensions.cost).toEqual({ requested: 4, limit: 50_000 });
});

test('a query by GET is answered, a mutation by GET is not', async () => {
  const get = (query: string) => fetch(`${hub.url}?query=${encodeURIComponent(query)}`);
  expect(((await (await get('{ clock { now } }')).json()) as Loose).data.clock.now).toBeDefined();
  const refused = await get('mutation { syncNow(source: "khcn") { id } }');
  expect(refused.status).toBe(405);
});

test('a subscription by plain HTTP is told where to go', async () => {
  const answer = (await (await post({ query: 'subscription { changes { __typename } }' })).json()) as Loose;
  expect(answer.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  expect(answer.errors[0].message).toMatch(/stream|WebSocket/);
});
