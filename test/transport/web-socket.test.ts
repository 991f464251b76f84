import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeCursor } from '../../src/lib/cursor.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { aChange, someChanges } from '../live/support/changes.ts';
import { CHANGES } from '../live/support/test-schema.ts';
import { type GatewayOptions, startGateway, type TestGateway } from './support/gateway.ts';
import { RawClient } from './support/raw-client.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: Partial<GatewayOptions> = {}): Promise<TestGateway & { source: ReplayChangeSource }> {
  const source = new ReplayChangeSource();
  const gateway = await startGateway({ source, ...options });
  cleanUps.push(() => gateway.stop());
  return { ...gateway, source };
}

function client(url: string, options?: ConstructorParameters<typeof RawClient>[1]): RawClient {
  const raw = new RawClient(url, options);
  cleanUps.push(() => raw.close());
  return raw;
}

async function expectHealthy(gateway: TestGateway): Promise<void> {
  const well = await client(gateway.wsUrl).init();
  well.subscribe('1', CHANGES);
  await well.untilEvent('FeedReady');
}

const cursorAt = (seq: number): string => encodeCursor({ epoch: 'replay', seq });

describe('a feed subscription', () => {
  it('gets READY and changes, each in a message of its own id, and nothing after complete', async () => {
    const gateway = await start();
    const raw = await client(gateway.wsUrl).init();
    raw.subscribe('a"b', CHANGES);
    raw.subscribe('2', CHANGES, { kinds: ['link'] });
    await raw.untilEvent('FeedReady', 'a"b');
    await raw.untilEvent('FeedReady', '2');
    gateway.source.commit([aChange(), aChange({ kind: 'link' })]);
    await raw.untilSeq(2, 'a"b');
    await raw.untilSeq(2, '2');
    expect(raw.events('2').map(({ seq }) => seq)).toEqual([undefined, 2]);
    raw.send({ type: 'complete', id: 'a"b' });
    raw.send({ type: 'ping' });
    await raw.untilMessage('pong');
    gateway.source.commit([aChange({ kind: 'link' })]);
    await raw.untilSeq(3, '2');
    expect(raw.events('a"b')).toHaveLength(3);
    expect(gateway.live.engine.stats().subscribers).toBe(1);
  });

  it.each([0, 1, 60, 70, 100, 65_000, 66_000, 300_000])(
    'frames a message of any length (%i characters)',
    async (length) => {
      const gateway = await start();
      const raw = await client(gateway.wsUrl).init();
      raw.subscribe('1', 'subscription { changes { ... on Change { seq after } } }');
      await raw.until(() => raw.events().length === 1);
      gateway.source.commit([aChange({ after: { note: 'ạ'.repeat(length) } }), aChange({ after: {} })]);
      await raw.untilSeq(2);
      expect(raw.events()[1]).toEqual({ seq: 1, after: { note: 'ạ'.repeat(length) } });
    },
  );

  it('is ended by a cursor that is none, with an error and its code', async () => {
    const gateway = await start();
    const raw = await client(gateway.wsUrl).init();
    raw.subscribe('1', CHANGES, { after: 'gestern' });
    const { payload } = await raw.untilMessage('error', '1');
    expect(payload).toEqual([expect.objectContaining({ extensions: { code: 'BAD_CURSOR' } })]);
    await expectHealthy(gateway);
  });

  it('is ended by a snapshot that cannot be read, with an error that tells nothing of the inside', async () => {
    const gateway = await start({ snapshot: () => Promise.reject(new Error('select secret')) });
    const raw = await client(gateway.wsUrl).init();
    raw.subscribe('1', 'subscription { deployments(snapshot: true) { __typename } }');
    const { payload } = await raw.untilMessage('error', '1');
    expect(payload).toEqual([{ message: 'Something went wrong.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  });

  it('leaves nothing behind when its connection is cut', async () => {
    const gateway = await start();
    const raw = await client(gateway.wsUrl).init();
    raw.subscribe('1', CHANGES);
    await raw.untilEvent('FeedReady');
    expect(gateway.live.engine.stats().subscribers).toBe(1);
    raw.close();
    expect(await waitUntil(() => gateway.live.engine.stats().subscribers === 0, { limitMs: 5_000 })).toBe(true);
  });
});

describe('what is no feed', () => {
  it('is executed in graphql’s own way: queries, mutations and other subscriptions', async () => {
    const gateway = await start();
    const raw = await client(gateway.wsUrl).init();
    raw.subscribe('q', '{ hello }');
    raw.subscribe('m', 'mutation { touch }');
    raw.subscribe('s', 'subscription { countdown(from: 3) }');
    for (const id of ['q', 'm', 's']) await raw.untilMessage('complete', id);
    const results = raw.messages.filter(({ type }) => type === 'next').map(({ id, payload }) => [id, payload?.data]);
    expect(results.filter(([id]) => id !== 's')).toEqual(
      expect.arrayContaining([
        ['q', { hello: 'xin chào' }],
        ['m', { touch: true }],
      ]),
    );
    expect(results.filter(([id]) => id === 's').map(([, data]) => data)).toEqual([
      { countdown: 3 },
      { countdown: 2 },
      { countdown: 1 },
    ]);
  });

  it('has its unknown errors masked', async () => {
    const gateway = await start();
    const raw = await client(gateway.wsUrl).init();
    raw.subscribe('1', '{ fail }');
    const { payload } = await raw.untilMessage('next', '1');
    expect(JSON.stringify(payload)).not.toContain('secret');
    expect(payload).toMatchObject({ errors: [{ message: 'Something went wrong.', path: ['fail'] }] });
  });

  it('is an error when it is not valid', async () => {
    const gateway = await start();
    const raw = await client(gateway.wsUrl).init();
    raw.subscribe('1', '{ nothing }');
    raw.subscribe('2', '{');
    expect((await raw.untilMessage('error', '1')).payload).toHaveLength(1);
    expect((await raw.untilMessage('error', '2')).payload).toHaveLength(1);
  });
});

describe('a slow client', () => {
  const QUERY =
    'subscription { changes { __typename ... on Change { cursor seq after } ... on FeedGoingAway { cursor reason } } }';

  it('that stops reading is told its cursor and closed with 1013, and the others do not feel it', async () => {
    const gateway = await start({ limits: { maxPendingBytes: 100_000 } });
    const slow = await client(gateway.wsUrl).init();
    const quick = await client(gateway.wsUrl).init();
    for (const raw of [slow, quick]) {
      raw.subscribe('1', QUERY);
      await raw.untilEvent('FeedReady');
    }
    slow.webSocket.pause();
    let seq = 0;
    while (gateway.live.engine.stats().subscribers === 2) {
      seq = gateway.source.commit([aChange({ after: { note: 'x'.repeat(100_000) } })]);
      await quick.untilSeq(seq);
    }
    slow.webSocket.resume();
    const { code, reason } = await slow.closed;
    const last = slow.events().at(-2) as { seq: number; cursor: string };
    expect(slow.events().at(-1)).toEqual({ __typename: 'FeedGoingAway', cursor: last.cursor, reason: 'SLOW_CONSUMER' });
    expect({ code, reason }).toEqual({ code: 1013, reason: `SLOW_CONSUMER cursor=${last.cursor}` });
    expect(last.seq).toBeLessThan(seq);
    expect(quick.events()).toHaveLength(seq + 1);
    expect(
      slow
        .events()
        .slice(1, -1)
        .map((event) => event.seq),
    ).toEqual(Array.from({ length: last.seq }, (_, index) => index + 1));

    const back = await client(gateway.wsUrl).init();
    back.subscribe('1', CHANGES, { after: last.cursor });
    await back.untilSeq(seq);
    expect(
      back
        .events()
        .slice(1)
        .map((event) => event.seq),
    ).toEqual(Array.from({ length: seq - last.seq }, (_, index) => last.seq + 1 + index));
  });
});

describe('a stop', () => {
  it('tells every subscription its cursor, closes with 1012 without completing it, and takes nobody new', async () => {
    const gateway = await start();
    gateway.source.commit(someChanges(3));
    const clients = await Promise.all(Array.from({ length: 20 }, () => client(gateway.wsUrl).init()));
    for (const raw of clients) {
      raw.subscribe('1', CHANGES);
      raw.subscribe('2', CHANGES, { kinds: ['link'] });
      await raw.untilEvent('FeedReady', '2');
    }
    gateway.source.commit(someChanges(2));
    for (const raw of clients) await raw.untilSeq(5);
    await gateway.stop();
    for (const raw of clients) {
      expect(await raw.closed).toEqual({ code: 1012, reason: `SHUTDOWN cursor=${cursorAt(5)}` });
      for (const id of ['1', '2']) {
        expect(raw.events(id).at(-1)).toEqual({ __typename: 'FeedGoingAway', cursor: cursorAt(5), reason: 'SHUTDOWN' });
      }
      expect(raw.messages.filter(({ type }) => type === 'complete')).toEqual([]);
    }
    await expect(fetch(gateway.url)).rejects.toThrow();
  });
});
