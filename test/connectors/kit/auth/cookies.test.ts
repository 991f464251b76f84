import { afterEach, describe, expect, test } from '@jest/globals';
import { placeCookies, takeCookies } from '../../../../connectors/kit/auth/cookie-jar.ts';
import { cookies } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';
import { type ScriptedServer, startScripted } from '../../support/scripted-server.ts';

const NOW = new Date('2025-06-27T05:00:00Z');
const sent = (given: readonly string[], path: string, now = NOW): string | undefined => {
  const jar = takeCookies(undefined, { setCookies: given }, '/jsp/start', NOW);
  return placeCookies({ method: 'GET', path }, jar, now).headers?.Cookie;
};

describe('cookies that were given', () => {
  const later = new Date(NOW.getTime() + 61_000);
  test.each([
    { name: 'all come back, in their order', given: ['a=1; Path=/', 'b=2; Path=/'], path: '/x', expected: 'a=1; b=2' },
    { name: 'below their path only', given: ['a=1; Path=/jsp', 'b=2; Path=/web'], path: '/jsp/x', expected: 'a=1' },
    { name: 'without a path: below that of the request', given: ['a=1'], path: '/jsp/rest', expected: 'a=1' },
    { name: 'not elsewhere', given: ['a=1'], path: '/other', expected: undefined },
    {
      name: 'of a wider domain, which is the upstream',
      given: ['a=1; Path=/; Domain=.gov.vn'],
      path: '/x',
      expected: 'a=1',
    },
    {
      name: 'for HTTPS only, on the intranet too',
      given: ['a=1; Path=/; Secure; HttpOnly'],
      path: '/x',
      expected: 'a=1',
    },
    { name: 'the later of one name', given: ['a=1; Path=/', 'a=2; Path=/'], path: '/x', expected: 'a=2' },
    { name: 'not after their age', given: ['a=1; Path=/; Max-Age=60'], path: '/x', now: later, expected: undefined },
    { name: 'within their age', given: ['a=1; Path=/; Max-Age=62'], path: '/x', now: later, expected: 'a=1' },
    {
      name: 'not after their end',
      given: ['a=1; Path=/; Expires=Fri, 27 Jun 2025 05:01:00 GMT'],
      path: '/x',
      now: later,
      expected: undefined,
    },
    { name: 'but for what is no cookie', given: ['', ';;', 'b=2; Path=/'], path: '/x', expected: 'b=2' },
  ])('$name', ({ given, path, now, expected }) => {
    expect(sent(given, path, now)).toBe(expected);
  });

  test('are added to those from before', () => {
    const before = takeCookies(undefined, { setCookies: ['a=1; Path=/', 'b=1; Path=/'] }, '/', NOW);
    const jar = takeCookies(before, { setCookies: ['b=2; Path=/'] }, '/', NOW);
    expect(placeCookies({ method: 'GET', path: '/' }, jar, NOW).headers?.Cookie).toBe('a=1; b=2');
  });
});

describe('an upstream that wants its cookies back', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });
  const auth = () => cookies({ entryPath: '/start', required: ['SESSION'], rejection: /request rejected/i });
  const run = async (startCookies: readonly string[], lives: number) => {
    let entered = 0;
    server = await startScripted((_nth, { url, headers }) => {
      if (url === '/start') {
        entered += 1;
        return { headers: { 'Set-Cookie': [...startCookies, `SESSION=s${entered}; Path=/`] as never } };
      }
      const isKnown = headers.cookie?.includes(`SESSION=s${lives}`);
      return { body: isKnown ? [{ id: 'DVCQG' }] : 'Request Rejected' };
    });
    bench = createBench(server.baseUrl);
    return { result: await readAll(definePlain({ auth }), bench.context), entered: () => entered };
  };

  test('is given them with every request', async () => {
    const { result } = await run(['route=r1; Path=/'], 1);
    expect([result.error, result.observations.length]).toEqual([undefined, 1]);
    expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'route=r1; SESSION=s1']);
  });

  test('is entered anew once where it rejects them with a page and HTTP 200', async () => {
    const { result, entered } = await run([], 2);
    expect([result.error, entered()]).toEqual([undefined, 2]);
  });

  test('and that goes on rejecting them is told so', async () => {
    const { result, entered } = await run([], 9);
    expect([result.error?.code, entered()]).toEqual(['UPSTREAM_CONFIGURATION', 2]);
  });
});

test('a start page without the cookie that counts is a fault that may pass', async () => {
  const server = await startScripted(() => ({ headers: { 'Set-Cookie': 'other=1' } }));
  const bench = createBench(server.baseUrl);
  const auth = () => cookies({ entryPath: '/start', required: ['SESSION'] });
  const { error } = await readAll(definePlain({ auth }), bench.context);
  bench.shared.close();
  await server.stop();
  expect(error?.code).toBe('UPSTREAM_SYSTEM');
});
