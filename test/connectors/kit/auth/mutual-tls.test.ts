import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { mutualTls, noAuth } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';

interface Pair {
  readonly cert: string;
  readonly private: string;
}

const create = (name: string): Promise<Pair> =>
  generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });

describe('mutual TLS', () => {
  let server: Server;
  let baseUrl: string;
  let [upstream, hub, stranger] = [] as unknown as [Pair, Pair, Pair];
  const seen: string[] = [];
  let bench: TestBench;

  beforeAll(async () => {
    [upstream, hub, stranger] = await Promise.all([create('upstream'), create('hub'), create('stranger')]);
    server = createServer(
      { cert: upstream.cert, key: upstream.private, ca: hub.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        seen.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
        response.sendDate = false;
        response.setHeader('Content-Type', 'application/json').end('[{"id":"DVCQG"}]');
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => bench.shared.close());
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const auth = () => mutualTls({ authority: 'authority' });
  const run = async (
    credentials: Record<string, string>,
    options: { base?: string; kind?: Parameters<typeof definePlain>[0] } = {},
  ) => {
    seen.length = 0;
    bench = createBench(options.base ?? baseUrl, { credentials });
    return readAll(definePlain(options.kind ?? { auth }), bench.context);
  };
  const shown = (pair: Pair) => ({ certificate: pair.cert, privateKey: pair.private, authority: upstream.cert });

  test('shows the certificate of the hub', async () => {
    const { error, observations } = await run(shown(hub));
    expect([error, observations.length, seen]).toEqual([undefined, 1, ['hub']]);
  });

  test('takes certificates whose lines are held with \\n in a variable', async () => {
    const { cert, private: key } = hub;
    const onOneLine = (text: string) => text.replaceAll(/\r?\n/g, '\\n');
    const { error } = await run({ ...shown(hub), certificate: onOneLine(cert), privateKey: onOneLine(key) });
    expect([error, seen]).toEqual([undefined, ['hub']]);
  });

  test('a certificate that the upstream does not know gets nothing', async () => {
    expect((await run(shown(stranger))).error?.code).toBe('UPSTREAM_TRANSIENT');
    expect(seen).toEqual([]);
  });

  test('an upstream that nobody vouches for is told nothing', async () => {
    for (const kind of [{ auth }, { auth: () => noAuth() }]) {
      const { error } = await run({ ...shown(hub), authority: stranger.cert }, { kind });
      bench.shared.close();
      expect(error).toMatchObject({
        code: 'UPSTREAM_CONFIGURATION',
        userMessage: expect.stringMatching(/not one that/),
      });
    }
    expect(seen).toEqual([]);
  });

  test('connections of one certificate serve nobody who shows another', async () => {
    await run(shown(hub));
    const { shared } = bench;
    const other = createBench(baseUrl, { credentials: shown(stranger), shared });
    const { error } = await readAll(definePlain({ auth }), other.context);
    expect([error?.code, seen]).toEqual(['UPSTREAM_TRANSIENT', ['hub']]);
  });

  test.each([
    { name: 'a certificate that is none', change: () => ({ certificate: 'x' }), message: /certificate is not in PEM/ },
    { name: 'a key that is none', change: () => ({ privateKey: 'x' }), message: /privateKey is not in PEM/ },
    { name: 'the key of another', change: () => ({ privateKey: stranger.private }), message: /is not the key of/ },
    { name: 'no key', change: () => ({ privateKey: '' }), message: /lacks credentials: privateKey/ },
  ])('$name is told as a mistake of configuration', async ({ change, message }) => {
    const { error } = await run({ ...shown(hub), ...change() });
    expect(error).toMatchObject({ code: 'UPSTREAM_CONFIGURATION', userMessage: expect.stringMatching(message) });
    expect(seen).toEqual([]);
  });

  test('a base URL without encryption is refused', async () => {
    const { error } = await run(shown(hub), { base: baseUrl.replace('https:', 'http:') });
    expect(error).toMatchObject({ code: 'UPSTREAM_CONFIGURATION', userMessage: expect.stringMatching(/https:/) });
  });
});
