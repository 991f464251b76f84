import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type HmacSignatureOptions, hmacSignature, signDelivery } from '../../../../connectors/kit/index.ts';
import type { PushContext } from '../../../../connectors/kit/push/push.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const body = Buffer.from('{"ma":"đ"}');
const plain: HmacSignatureOptions = { header: 'X-Signature', secret: 'secret', algorithm: 'sha256' };
const timed: HmacSignatureOptions = { ...plain, timestampHeader: 'X-Time', windowMs: 60_000 };
const named: HmacSignatureOptions = { ...timed, eventIdHeader: 'X-Event', prefix: 'sha256=', encoding: 'base64' };

const context = (now = NOW, secret = 'shared'): PushContext => ({
  source: { id: 'test', config: {} },
  credentials: secret === '' ? {} : { secret },
  clock: { now: () => now },
  domainClock: { now: () => new Date(0) },
});
const message = { body, timestampMs: NOW.getTime(), eventId: 'e-1' };
const at = (ms: number): Date => new Date(NOW.getTime() + ms);

describe('a signature over the raw body', () => {
  test('is the HMAC of the bytes, with id and time before them where they are signed', () => {
    const digest = (text: string) => createHmac('sha256', 'shared').update(text).digest();
    expect(signDelivery(plain, 'shared', message)).toEqual({ 'x-signature': digest('{"ma":"đ"}').toString('hex') });
    expect(signDelivery(named, 'shared', message)).toEqual({
      'x-event': 'e-1',
      'x-time': String(NOW.getTime()),
      'x-signature': `sha256=${digest(`e-1.${NOW.getTime()}.{"ma":"đ"}`).toString('base64')}`,
    });
  });

  test.each([
    { name: 'body alone', options: plain, given: {} },
    { name: 'body and time', options: timed, given: {} },
    { name: 'body, time and id', options: named, given: { eventId: 'e-1' } },
  ])('passes: $name', ({ options, given }) => {
    const headers = signDelivery(options, 'shared', message);
    expect(hmacSignature(options).verify({ headers, rawBody: body }, context())).toEqual(given);
  });

  const good = signDelivery(named, 'shared', message);
  test.each([
    { name: 'no signature', headers: { ...good, 'x-signature': undefined } },
    { name: 'an empty one', headers: { ...good, 'x-signature': '' } },
    { name: 'one without its prefix', headers: { ...good, 'x-signature': good['x-signature']?.slice(7) } },
    { name: 'one with something behind it', headers: { ...good, 'x-signature': `${good['x-signature']}=` } },
    { name: 'another time', headers: { ...good, 'x-time': String(NOW.getTime() + 1) } },
    { name: 'a time that is none', headers: { ...good, 'x-time': 'now' } },
    { name: 'another event', headers: { ...good, 'x-event': 'e-2' } },
    { name: 'no event', headers: { ...good, 'x-event': undefined } },
    { name: 'another body', rawBody: Buffer.from('{"ma":"d"}') },
    { name: 'another secret', context: context(NOW, 'other') },
    { name: 'no secret at all', context: context(NOW, '') },
    { name: 'a message that is too old', context: context(at(60_001)) },
    { name: 'a message from the future', context: context(at(-60_001)) },
  ])('does not pass: $name', ({ headers = good, rawBody = body, context: given = context() }) => {
    const verify = () => hmacSignature(named).verify({ headers, rawBody }, given);
    expect(verify).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED', message: expect.not.stringContaining('shared') }),
    );
  });

  test('holds to the window to the millisecond', () => {
    for (const ms of [60_000, -60_000]) {
      expect(hmacSignature(named).verify({ headers: good, rawBody: body }, context(at(ms)))).toEqual({
        eventId: 'e-1',
      });
    }
  });

  test.each([
    { name: 'a window without a time', options: { ...plain, windowMs: 1 }, mistake: /no time to hold to it/ },
    { name: 'a time without a window', options: { ...plain, timestampHeader: 'X-Time' }, mistake: /for ever/ },
    { name: 'a window of nothing', options: { ...timed, windowMs: 0 }, mistake: /for ever/ },
  ])('makes no sense with $name', ({ options, mistake }) => {
    expect(hmacSignature(options).mistakes).toEqual([expect.stringMatching(mistake)]);
  });
});
