import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { AuthSetup } from '../../../../connectors/kit/auth/auth.ts';
import { TokenSlot } from '../../../../connectors/kit/auth/token-slot.ts';
import type { HttpRequest } from '../../../../connectors/kit/http/http-types.ts';
import { hmacSigned } from '../../../../connectors/kit/index.ts';

const NOW = new Date('2025-06-27T05:15:00Z');
const TIME = String(NOW.getTime());
const headers = { keyHeader: 'X-Key', timestampHeader: 'X-Time', signatureHeader: 'X-Signature' };

function setup(): AuthSetup {
  return {
    baseUrl: 'http://upstream/v1',
    credentials: { accessKey: 'key', secretKey: 'secret' },
    slot: new TokenSlot(),
    monotonicMs: () => 0,
    domainNow: () => NOW,
    nonce: () => 'once',
    signal: new AbortController().signal,
    signIn: () => Promise.reject(new Error('nobody signs in')),
  };
}

const sign = (text: string, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex'): string =>
  createHmac(algorithm, 'secret').update(text).digest(encoding);

describe('a signed request carries key, time and a signature over', () => {
  test.each<{ name: string; request: HttpRequest; text: string }>([
    { name: 'method and path', request: { method: 'GET', path: '/a' }, text: `GET\n/a\n${TIME}\n` },
    {
      name: 'the query as it is sent',
      request: { method: 'GET', path: '/a', query: { from: 1, ten: 'Hà Nội' } },
      text: `GET\n/a?from=1&ten=H%C3%A0+N%E1%BB%99i\n${TIME}\n`,
    },
    {
      name: 'a JSON body as it is sent',
      request: { method: 'POST', path: '/a', json: { b: [1, 'đ'] } },
      text: `POST\n/a\n${TIME}\n{"b":[1,"đ"]}`,
    },
    {
      name: 'a form as it is sent',
      request: { method: 'POST', path: '/a', form: { b: 'c d' } },
      text: `POST\n/a\n${TIME}\nb=c+d`,
    },
    {
      name: 'what a link has below the base URL',
      request: { method: 'GET', path: 'http://upstream/v1/a?page=2', query: { size: 5 } },
      text: `GET\n/a?page=2&size=5\n${TIME}\n`,
    },
    {
      name: 'the whole path of a link that leads elsewhere on the same server',
      request: { method: 'GET', path: 'http://upstream/v10/a' },
      text: `GET\n/v10/a\n${TIME}\n`,
    },
  ])('$name', async ({ request, text }) => {
    const { request: signed, token } = await hmacSigned(headers).authorize(request, setup());
    expect(signed).toEqual({ ...request, headers: { 'X-Key': 'key', 'X-Time': TIME, 'X-Signature': sign(text) } });
    expect(token).toBeUndefined();
  });

  test('a nonce where the upstream wants one, in its own words, algorithm and encoding', async () => {
    const kind = hmacSigned({
      ...headers,
      nonceHeader: 'X-Nonce',
      algorithm: 'sha512',
      encoding: 'base64',
      signedText: ({ nonce, timestamp, path }) => `${nonce}|${timestamp}|${path}`,
    });
    const { request } = await kind.authorize({ method: 'GET', path: '/a' }, setup());
    expect(request.headers).toMatchObject({
      'X-Nonce': 'once',
      'X-Signature': sign(`once|${TIME}|/a`, 'sha512', 'base64'),
    });
    expect(kind.credentials).toEqual(['accessKey', 'secretKey']);
  });

  test('headers that the request has already stay', async () => {
    const request: HttpRequest = { method: 'GET', path: '/a', headers: { 'If-None-Match': '"1"' } };
    const { request: signed } = await hmacSigned(headers).authorize(request, setup());
    expect(signed.headers).toMatchObject({ 'If-None-Match': '"1"', 'X-Key': 'key' });
  });
});
