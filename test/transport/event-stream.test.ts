import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeCursor } from '../../src/lib/cursor.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { aChange, someChanges } from '../live/support/changes.ts';
import { CHANGES, DEPLOYMENTS } from '../live/support/test-schema.ts';
import { EventReader } from './support/event-reader.ts';
import { type GatewayOptions, HANOI_KEY, startGateway, type TestGateway } from './support/gateway.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway & { source: ReplayChangeSource; streamUrl: string }> {
  const source = new ReplayChangeSource();
  const gateway = await startGateway({ source, ...options });
  cleanUps.push(() => gateway.stop());
  return { ...gateway, source, streamUrl: `${gateway.url}/stream` };
}

async function post(url: string, body: object, headers?: Record<string, string>): Promise<EventReader> {
  const reader = await EventReader.post(url, body, headers);
  cleanUps.push(() => reader.close());
  return reader;
}

const cursorAt = (seq: number): string => encodeCursor({ epoch: 'replay', seq });

describe('an event stream', () => {
  it('gives READY and changes as events whose id is the cursor', async () => {
    const gateway = await start();
    const reader = await post(gateway.streamUrl, { query: CHANGES });
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await reader.nextFeedEvent()).toMatchObject({ id: cursorAt(0), value: { __typename: 'FeedReady' } });
    gateway.source.commit(someChanges(2));
    expect(await reader.nextFeedEvent()).toMatchObject({ id: cursorAt(1), value: { seq: 1 } });
    expect(await reader.nextFeedEvent()).toMatchObject({ id: cursorAt(2), value: { seq: 2 } });
  });

  it('resumes from Last-Event-ID, which wins over the argument', async () => {
    const gateway = await start();
    gateway.source.commit(someChanges(5));
    await gateway.live.feed.refresh();
    const body = { query: CHANGES, variables: { after: cursorAt(1) } };
    const reader = await post(gateway.streamUrl, body, { 'last-event-id': cursorAt(3) });
    expect((await reader.nextFeedEvent()).id).toBe(cursorAt(3));
    expect((await reader.nextFeedEvent()).value.seq).toBe(4);
    expect((await reader.nextFeedEvent()).value.seq).toBe(5);
  });

  it('gives a snapshot no id before its last part, so that a browser that comes back gets it whole', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => ({ id: `r${index}`, status: 'READY' }));
    const gateway = await start({ snapshot: async () => ({ horizon: 0, rows }) });
    const reader = await post(gateway.streamUrl, { query: DEPLOYMENTS, variables: { snapshot: true } });
    const events = [await reader.nextFeedEvent(), await reader.nextFeedEvent(), await reader.nextFeedEvent()];
    expect(events.map(({ value }) => value.__typename)).toEqual([
      'FeedReady',
      'DeploymentSnapshot',
      'DeploymentSnapshot',
    ]);
    expect(events.map(({ id }) => id || null)).toEqual([null, null, cursorAt(0)]);
  });

  it('can be asked for by GET, as the browser’s EventSource does', async () => {
    const gateway = await start();
    const parameters = new URLSearchParams({ query: CHANGES, variables: JSON.stringify({ kinds: ['link'] }) });
    const reader = await EventReader.open(`${gateway.streamUrl}?${parameters}`);
    cleanUps.push(() => reader.close());
    expect((await reader.nextFeedEvent()).value.__typename).toBe('FeedReady');
    gateway.source.commit([aChange(), aChange({ kind: 'link' })]);
    expect((await reader.nextFeedEvent()).value.seq).toBe(2);
  });

  it('shares executions with WebSocket clients and other streams', async () => {
    const gateway = await start();
    const readers = await Promise.all(Array.from({ length: 5 }, () => post(gateway.streamUrl, { query: CHANGES })));
    for (const reader of readers) await reader.nextFeedEvent();
    expect(gateway.live.engine.stats()).toMatchObject({ subscribers: 5, operations: 1 });
  });

  it('keeps a silent stream open with comments', async () => {
    const gateway = await start({ limits: { keepAliveMs: 20 } });
    const { body } = await fetch(gateway.streamUrl, {
      method: 'POST',
      body: JSON.stringify({ query: CHANGES }),
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    });
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    cleanUps.push(() => reader.cancel());
    let text = '';
    while ((text.match(/:\n\n/g)?.length ?? 0) < 3) text += new TextDecoder().decode((await reader.read()).value);
    expect(text.split('event: next')).toHaveLength(2);
  });

  it('leaves nothing behind when its client goes', async () => {
    const gateway = await start();
    const reader = await post(gateway.streamUrl, { query: CHANGES });
    await reader.nextFeedEvent();
    await reader.close();
    expect(await waitUntil(() => gateway.live.engine.stats().subscribers === 0, { limitMs: 5_000 })).toBe(true);
  });
});

describe('operations that are no feed', () => {
  it('give their results and complete: queries, mutations and other subscriptions', async () => {
    const gateway = await start();
    const query = await post(gateway.streamUrl, { query: '{ hello }' });
    expect(await query.next()).toEqual({ event: 'next', data: '{"data":{"hello":"xin chào"}}' });
    expect(await query.next()).toEqual({ event: 'complete', data: '' });
    expect(await query.next()).toBeNull();
    const countdown = await post(gateway.streamUrl, { query: 'subscription { countdown(from: 2) }' });
    expect(await countdown.next()).toEqual({ event: 'next', data: '{"data":{"countdown":2}}' });
    expect(await countdown.next()).toEqual({ event: 'next', data: '{"data":{"countdown":1}}' });
    expect(await countdown.next()).toEqual({ event: 'complete', data: '' });
  });

  it('have their unknown errors masked', async () => {
    const gateway = await start();
    const reader = await post(gateway.streamUrl, { query: '{ fail }' });
    const event = await reader.next();
    expect(event?.data).toContain('Something went wrong.');
    expect(event?.data).not.toContain('secret');
  });

  it('may not change anything by GET', async () => {
    const gateway = await start();
    const reader = await EventReader.open(`${gateway.streamUrl}?query=${encodeURIComponent('mutation { touch }')}`);
    expect((await reader.next())?.data).toContain('POST');
  });
});

describe('what is wrong with a request', () => {
  it.each([
    { name: 'a document that is not valid', body: { query: '{ nothing }' }, message: 'Cannot query field' },
    { name: 'a document that cannot be parsed', body: { query: '{' }, message: 'Syntax Error' },
    { name: 'a cursor that is none', body: { query: CHANGES, variables: { after: 'x' } }, message: 'BAD_CURSOR' },
  ])('$name is told in an event, as the protocol asks', async ({ body, message }) => {
    const gateway = await start();
    const reader = await post(gateway.streamUrl, body);
    expect(reader.response.status).toBe(200);
    expect((await reader.next())?.data).toContain(message);
    expect(await reader.next()).toEqual({ event: 'complete', data: '' });
  });

  it.each([
    { name: 'no query', body: '{}', status: 400, code: 'BAD_USER_INPUT' },
    {
      name: 'variables that are no object',
      body: '{"query":"{hello}","variables":[]}',
      status: 400,
      code: 'BAD_USER_INPUT',
    },
    { name: 'broken JSON', body: '{', status: 400, code: 'BAD_USER_INPUT' },
    {
      name: '10 MB',
      body: JSON.stringify({ query: 'x'.repeat(10_000_000) }),
      status: 413,
      code: 'LIMIT_DOCUMENT_SIZE',
    },
    { name: 'a wrong key', body: '{}', key: 'lt_wrong', status: 401, code: 'UNAUTHENTICATED' },
  ])('$name is an HTTP error with a code', async ({ body, status, code, key }) => {
    const gateway = await start();
    const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
    const response = await fetch(gateway.streamUrl, { method: 'POST', body, headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  it('one connection more than may be is refused', async () => {
    const gateway = await start({ limits: { maxConnections: 1 } });
    const reader = await post(gateway.streamUrl, { query: CHANGES });
    await reader.nextFeedEvent();
    const refused = await post(gateway.streamUrl, { query: CHANGES });
    expect(refused.response.status).toBe(503);
  });
});

describe('the end of a stream', () => {
  it('of a client that does not read comes with its cursor; the others do not feel it', async () => {
    const gateway = await start({ limits: { maxPendingBytes: 100_000 } });
    const query = 'subscription { changes { __typename ... on Change { seq after } ... on FeedGoingAway { reason } } }';
    const slow = await post(gateway.streamUrl, { query });
    const quick = await post(gateway.streamUrl, { query });
    await slow.nextFeedEvent();
    await quick.nextFeedEvent();
    let seq = 0;
    while (gateway.live.engine.stats().subscribers === 2) {
      seq = gateway.source.commit([aChange({ after: { note: 'x'.repeat(100_000) } })]);
      expect((await quick.nextFeedEvent()).value.seq).toBe(seq);
    }
    let last = 0;
    let event = await slow.nextFeedEvent();
    for (; event.value.__typename === 'Change'; event = await slow.nextFeedEvent()) {
      expect(event.value.seq).toBe(++last);
    }
    expect(event).toEqual({ id: cursorAt(last), value: { __typename: 'FeedGoingAway', reason: 'SLOW_CONSUMER' } });
    expect(await slow.next()).toBeNull();
    expect(last).toBeLessThan(seq);
  });

  it('of a revoked key comes with its cursor, and without completing', async () => {
    const gateway = await start();
    const reader = await post(gateway.streamUrl, { query: CHANGES }, { authorization: `Bearer ${HANOI_KEY}` });
    await reader.nextFeedEvent();
    for (const clients of gateway.http.keyedClients) await clients.disconnectKey('hanoi');
    expect((await reader.nextFeedEvent()).value).toMatchObject({ reason: 'KEY_REVOKED', cursor: cursorAt(0) });
    expect(await reader.next()).toBeNull();
  });

  it('at a stop comes with its cursor, and without completing', async () => {
    const gateway = await start();
    const reader = await post(gateway.streamUrl, { query: CHANGES });
    await reader.nextFeedEvent();
    gateway.source.commit(someChanges(3));
    for (let i = 0; i < 3; i++) await reader.nextFeedEvent();
    const stopped = gateway.stop();
    expect((await reader.nextFeedEvent()).value).toMatchObject({ reason: 'SHUTDOWN', cursor: cursorAt(3) });
    expect(await reader.next()).toBeNull();
    await stopped;
  });
});
