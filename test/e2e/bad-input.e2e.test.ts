import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { waitUntil } from '../../src/lib/wait.ts';
import { askHub, type HubProcess, useCommands } from './hub-process.ts';

const commands = useCommands();
let hub: HubProcess;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: { data?: unknown; errors?: Array<{ message: string; extensions: { code: string } }> };
}

async function post(
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Answer> {
  const response = await fetch(`${hub.address}/graphql`, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as Answer['body'] };
}
const ask = (query: string, variables: object = {}): Promise<Answer> => post(JSON.stringify({ query, variables }));

/** Nothing of the inside may show: no SQL text, no stack, no path. */
function expectNoLeak(text: string): void {
  expect(text).not.toMatch(/select |insert |\bat .*\.(ts|js):\d+|node_modules|postgres:\/\//i);
}

beforeAll(async () => {
  hub = await commands.startHub({ DATA_DIR: await commands.newDataDir() });
});

afterEach(async () => {
  expect((await fetch(`${hub.address}/healthz`)).status).toBe(200);
  expect((await fetch(`${hub.address}/readyz`)).status).toBe(200);
});

describe('a clear error with a code, over HTTP', () => {
  const thousandAliases = `{ ${Array.from({ length: 1000 }, (_, index) => `a${index}: clock { now }`).join(' ')} }`;
  const deep = `{ province(code: "01") ${'{ deployments { province '.repeat(12)} { name } ${'} }'.repeat(12)} }`;
  test.each([
    ['malformed GraphQL', '{ provinces(', {}, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is none', '{ province(code: "01") { colour } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a wrong type', '{ provinces(first: "many") { totalCount } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a wrong type in a variable',
      'query ($n: Int) { provinces(first: $n) { totalCount } }',
      { n: 'many' },
      'BAD_USER_INPUT',
    ],
    ['an unknown province', '{ province(code: "99") { name } }', {}, 'NOT_FOUND'],
    ['a time without a zone', '{ province(code: "01", asOf: "2025-06-27T12:15:00") { name } }', {}, 'BAD_USER_INPUT'],
    ['a cursor that is none', '{ changes(after: "yesterday") { nodes { seq } } }', {}, 'BAD_CURSOR'],
    ['too large a page', '{ provinces(first: 100000) { totalCount } }', {}, 'LIMIT_PAGE_SIZE'],
    ['a thousand aliases', thousandAliases, {}, 'LIMIT_ALIASES'],
    ['a document too deep', deep, {}, 'LIMIT_DEPTH'],
    ['writing without a key', 'mutation { syncNow(source: "khcn") { id } }', {}, 'UNAUTHENTICATED'],
  ])('%s', async (_, query, variables, code) => {
    const { text, body } = await ask(query, variables);
    expect(body.errors?.[0]?.extensions.code).toBe(code);
    expectNoLeak(text);
  });

  test('a cursor from the future says where to go on', async () => {
    let cursor: string | null = null;
    const isBegun = await waitUntil(
      async () => {
        const { changes } = await askHub<{ changes: { pageInfo: { endCursor: string | null } } }>(
          hub.address,
          '{ changes(first: 1) { pageInfo { endCursor } } }',
        );
        cursor = changes.pageInfo.endCursor;
        return cursor !== null;
      },
      { limitMs: 20_000 },
    );
    expect(isBegun).toBe(true);
    const future = String(cursor).replace(/-.*/, '-00000000ffffffff');
    const { body } = await ask(`{ changes(after: "${future}") { nodes { seq } } }`);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_CURSOR', restartFrom: expect.any(String) });
  });

  test('a document of 10 MB, a body that is no JSON, and a key that is none', async () => {
    const large = await post(JSON.stringify({ query: `{ clock { now } } #${'x'.repeat(10_000_000)}` }));
    expect([large.status, large.body.errors?.[0]?.extensions.code]).toEqual([413, 'LIMIT_DOCUMENT_SIZE']);
    const broken = await post('{"query": "{ clock');
    expect([broken.status, broken.body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    const headers = { 'content-type': 'application/json', authorization: 'Bearer lt_0000000000_nothing' };
    const stranger = await post(JSON.stringify({ query: '{ clock { now } }' }), headers);
    expect([stranger.status, stranger.body.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    for (const { text } of [large, broken, stranger]) expectNoLeak(text);
  });
});

describe('over a WebSocket', () => {
  const url = () => `${hub.address.replace('http', 'ws')}/graphql`;
  const closed = (socket: WebSocket) =>
    new Promise<number>((resolve) => {
      socket.on('error', () => {});
      socket.on('close', (code) => resolve(code));
    });

  test('a broken frame ends its connection and no other', async () => {
    const neighbour = createClient({ url: url(), webSocketImpl: WebSocket, lazy: true, retryAttempts: 0 });
    const events = neighbour.iterate({ query: 'subscription { changes { ... on FeedReady { cursor } } }' });
    await events.next();
    const { hostname, port } = new URL(hub.address);
    const raw = connect(Number(port), hostname);
    const handshake = [
      'GET /graphql HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n');
    raw.on('error', () => {});
    const ended = new Promise((resolve) => raw.on('close', resolve));
    raw.write(handshake);
    await new Promise((resolve) => raw.once('data', resolve));
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x00, 0x01, 0x02]));
    await ended;
    expect((await events.next()).done).toBe(false);
    await neighbour.dispose();
  });

  test('a message that is no JSON, one of 10 MB, and a subprotocol that is none are refused', async () => {
    const babble = new WebSocket(url(), 'graphql-transport-ws');
    babble.on('open', () => babble.send('hello'));
    expect(await closed(babble)).toBe(4400);
    const large = new WebSocket(url(), 'graphql-transport-ws');
    large.on('open', () => large.send('x'.repeat(10_000_000)));
    expect([1006, 1009]).toContain(await closed(large));
    const old = new WebSocket(url(), 'graphql-ws');
    expect([1006, 4406]).toContain(await closed(old));
  });

  test('a subscription that passes a limit is refused with its code, and a cursor of another epoch gets MUST_REFETCH', async () => {
    const client = createClient({ url: url(), webSocketImpl: WebSocket, retryAttempts: 0 });
    const aliases = Array.from({ length: 100 }, (_, index) => `a${index}: __typename`).join(' ');
    const refused = await new Promise((resolve) => {
      client.subscribe(
        { query: `subscription { changes { ${aliases} } }` },
        { next: resolve, error: resolve, complete: () => {} },
      );
    });
    expect(refused).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'LIMIT_ALIASES' }) }),
    ]);
    const query =
      'subscription ($after: Cursor) { changes(after: $after) { __typename ... on FeedMustRefetch { cursor } } }';
    const events = client.iterate<{ changes: { __typename: string } }>({
      query,
      variables: { after: 'another-0000000000000001' },
    });
    expect((await events.next()).value?.data?.changes.__typename).toBe('FeedMustRefetch');
    await client.dispose();
  });
});

test('a source whose answer is HTML fails its run with a reason that people understand, and stores nothing', async () => {
  const key = hub.ready.adminKey as string;
  const arm = { upstream: 'vnpt', fault: 'html', times: 50 };
  const armed = await fetch(`${hub.ready.sandbox}/control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(arm),
  });
  expect(armed.ok).toBe(true);
  type Run = { state: string; accepted: number; error: { code: string; message: string } | null };
  let failed: Run | undefined;
  await askHub(hub.address, 'mutation { syncNow(source: "vnpt") { id } }', { key });
  const isSeen = await waitUntil(
    async () => {
      const { syncRuns } = await askHub<{ syncRuns: { nodes: Run[] } }>(
        hub.address,
        '{ syncRuns(first: 20, filter: { sources: ["vnpt"] }) { nodes { state accepted error { code message } } } }',
      );
      failed = syncRuns.nodes.find(({ state }) => state === 'FAILED');
      return failed !== undefined;
    },
    { limitMs: 40_000 },
  );
  expect(isSeen).toBe(true);
  expect(failed).toMatchObject({
    accepted: 0,
    error: { code: expect.stringMatching(/^UPSTREAM_/), message: expect.stringMatching(/web page/) },
  });
  expectNoLeak(failed?.error?.message ?? '');
  await fetch(`${hub.ready.sandbox}/control/faults`, { method: 'DELETE' });
});
