import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeCursor } from '../../src/lib/cursor.ts';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { aChange, someChanges } from '../live/support/changes.ts';
import { CHANGES } from '../live/support/test-schema.ts';
import { type GatewayOptions, HANOI_KEY, startGateway, type TestGateway } from './support/gateway.ts';
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

describe('a client that breaks the rules', () => {
  it.each([
    { name: 'speaks another protocol', protocols: ['graphql-ws'], say: () => undefined, code: 4406 },
    { name: 'does not say who it is in time', say: () => undefined, code: 4408 },
    { name: 'subscribes before it is let in', say: (raw: RawClient) => raw.subscribe('1', CHANGES), code: 4401 },
    { name: 'sends what is no JSON', say: (raw: RawClient) => raw.webSocket.send('{'), code: 4400 },
    { name: 'sends 10 MB', say: (raw: RawClient) => raw.webSocket.send('x'.repeat(10_000_000)), code: 1009 },
  ])('and $name is closed with $code, and the hub stays well', async ({ protocols, say, code }) => {
    const gateway = await start({ limits: { initTimeoutMs: 300 } });
    const raw = await client(gateway.wsUrl, protocols ? { protocols } : {})
      .opened()
      .catch((error) => {
        // A server may also refuse a protocol by not choosing one, which this client takes for an error.
        expect(String(error)).toContain('subprotocol');
        return null;
      });
    if (raw) {
      say(raw);
      expect((await raw.closed).code).toBe(code);
    }
    await expectHealthy(gateway);
  });

  it('and sends a broken frame is cut, and the hub stays well', async () => {
    const gateway = await start();
    const socket = connect(gateway.port, '127.0.0.1');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          text += data.toString('latin1');
          // Reserved bits that no extension was agreed for, and no mask.
          if (text.endsWith('\r\n\r\n')) socket.write(Buffer.of(0xf1, 0x05, 1, 2, 3, 4, 5));
        });
      socket.on('close', () => resolve(text));
      socket.write(
        'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
          'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      );
    });
    const [head, frame] = answer.split('\r\n\r\n') as [string, string];
    expect(head).toContain('101 Switching Protocols');
    expect(Buffer.from(frame, 'latin1').readUInt16BE(2)).toBe(1002);
    await expectHealthy(gateway);
  });

  it('and opens more operations than one connection may have gets an error for the one too many', async () => {
    const gateway = await start({ limits: { maxSubscriptionsPerConnection: 2 } });
    const raw = await client(gateway.wsUrl).init();
    for (const id of ['1', '2', '3']) raw.subscribe(id, CHANGES);
    const { payload } = await raw.untilMessage('error');
    expect(payload).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'LIMIT_SUBSCRIPTIONS' }) }),
    ]);
    await raw.untilEvent('FeedReady', '1');
    await raw.untilEvent('FeedReady', '2');
  });
});

describe('who is let in', () => {
  const refusedWith = (url: string, options: ConstructorParameters<typeof RawClient>[1] = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const { webSocket } = client(url, options);
      webSocket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      webSocket.on('open', () => reject(new Error('was let in')));
    });

  it('not a page of another origin, a foreign host name, another path, or one more than may be', async () => {
    const gateway = await start({ limits: { maxConnections: 1 } });
    expect(await refusedWith(gateway.wsUrl, { headers: { origin: 'https://evil.example' } })).toBe(403);
    expect(await refusedWith(gateway.wsUrl, { headers: { host: `evil.example:${gateway.port}` } })).toBe(403);
    expect(await refusedWith(gateway.wsUrl.replace('/graphql', '/other'))).toBe(404);
    await client(gateway.wsUrl, { headers: { origin: `http://127.0.0.1:${gateway.port}` } }).init();
    expect(await refusedWith(gateway.wsUrl)).toBe(503);
  });

  it('a good key with its rights, and a wrong one not, with a code on which clients do not try again', async () => {
    const gateway = await start();
    const hanoi = await client(gateway.wsUrl).init({ authorization: `Bearer ${HANOI_KEY}` });
    hanoi.subscribe('1', CHANGES);
    await hanoi.untilEvent('FeedReady');
    gateway.source.commit([aChange({ province: '79' }), aChange({ province: '01' })]);
    await hanoi.untilSeq(2);
    expect(hanoi.events().map(({ seq }) => seq)).toEqual([undefined, 2]);

    const wrong = await client(gateway.wsUrl).opened();
    wrong.send({ type: 'connection_init', payload: { authorization: 'Bearer lt_wrong_secret' } });
    const { code, reason } = await wrong.closed;
    expect({ code, reason }).toEqual({ code: 4401, reason: expect.stringContaining('UNAUTHENTICATED') });
    expect(reason).not.toContain('secret');
  });

  it('until its key is revoked: the subscriptions of that key end with a reason', async () => {
    const gateway = await start();
    const hanoi = await client(gateway.wsUrl).init({ authorization: `Bearer ${HANOI_KEY}` });
    const other = await client(gateway.wsUrl).init();
    for (const raw of [hanoi, other]) {
      raw.subscribe('1', CHANGES);
      await raw.untilEvent('FeedReady');
    }
    expect(gateway.http.keyedClients.flatMap((clients) => clients.keyIds())).toEqual(['hanoi']);
    for (const clients of gateway.http.keyedClients) await clients.disconnectKey('hanoi');
    expect(await hanoi.closed).toEqual({ code: 4403, reason: `KEY_REVOKED cursor=${cursorAt(0)}` });
    expect(hanoi.events().at(-1)).toEqual({ __typename: 'FeedGoingAway', cursor: cursorAt(0), reason: 'KEY_REVOKED' });
    gateway.source.commit(someChanges(1));
    await other.untilSeq(1);
  });
});
