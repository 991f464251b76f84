import { afterEach, describe, expect, test } from '@jest/globals';
import { UnsecuredJWT } from 'jose';
import * as z from 'zod';
import { jwtLogin, mutualTls, queryToken } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../../support/scripted-server.ts';

const options: Parameters<typeof jwtLogin>[0] = {
  credentials: ['username', 'password'],
  login: ({ username = '', password = '' }) => ({ method: 'POST', path: '/login', json: { username, password } }),
  refresh: (token) => ({ method: 'POST', path: '/refresh', json: { token } }),
  tokensOf: (body) => z.object({ access: z.string(), refresh: z.string().optional() }).safeParse(body).data,
  earlyMs: 10_000,
};
const auth = () => jwtLogin(options);
const credentials = { username: 'hub', password: 'bí mật' };
const ISSUED = 1_000_000_000;
/** A token with a name, that lives so many seconds; `issued` undefined: it does not say when it was issued. */
const jwt = (name: string, exp?: number, issued?: number): string =>
  new UnsecuredJWT({ name, ...(exp !== undefined && { exp }), ...(issued !== undefined && { iat: issued }) }).encode();

describe('a login with JSON Web Tokens', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });
  const open = async (script: (url: string, bearer: string) => ScriptedAnswer) => {
    server = await startScripted((_nth, { url = '', headers }) => script(url, headers.authorization ?? ''));
    bench = createBench(server.baseUrl, { credentials });
  };
  const run = () => readAll(definePlain({ auth }), bench.context);
  const asked = () => server.requests.map(({ url }) => url);
  const wait = (ms: number) => bench.shared.sleep(ms, bench.context.signal);
  const things: ScriptedAnswer = { body: [{ id: 'DVCQG' }] };

  test('uses a token until shortly before the end that it states itself, then refreshes it', async () => {
    let given = 0;
    await open((url) =>
      url === '/things' ? things : { body: { access: jwt(`t${++given}`, ISSUED + 60, ISSUED), refresh: `r${given}` } },
    );
    await run();
    await wait(49_000);
    await run();
    await wait(1000);
    await run();
    expect(asked()).toEqual(['/login', '/things', '/things', '/refresh', '/things']);
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${jwt('t2', ISSUED + 60, ISSUED)}`);
  });

  test('logs in again where the refresh token is dead too', async () => {
    let given = 0;
    await open((url, bearer) => {
      if (url === '/refresh') return { status: 401 };
      if (url === '/login') return { body: { access: jwt(`t${++given}`, ISSUED + 60, ISSUED), refresh: `r${given}` } };
      return bearer.endsWith(jwt('t1', ISSUED + 60, ISSUED)) ? { status: 401 } : things;
    });
    const { error } = await run();
    expect([error, asked()]).toEqual([undefined, ['/login', '/things', '/refresh', '/login', '/things']]);
  });

  test('does not log in where refreshing fails for another reason', async () => {
    let isFirst = true;
    await open((url) => {
      if (url === '/login') return { body: { access: jwt('t', ISSUED + 60, ISSUED), refresh: 'r' } };
      if (url === '/refresh') return { status: 500 };
      if (!isFirst) return things;
      isFirst = false;
      return { status: 401 };
    });
    expect((await run()).error?.code).toBe('UPSTREAM_SYSTEM');
    expect(asked().filter((url) => url === '/login')).toEqual(['/login']);
  });

  test.each([
    { name: 'the Date of the answer', token: jwt('t', ISSUED + 60), date: new Date(ISSUED * 1000).toUTCString() },
    { name: 'the clock of the domain', token: jwt('t', Date.parse('2025-06-27T05:16:00Z') / 1000), date: undefined },
  ])('counts from $name where the token does not say when it was issued', async ({ token, date }) => {
    await open((url) =>
      url === '/things' ? things : { body: { access: token }, ...(date !== undefined && { headers: { Date: date } }) },
    );
    await run();
    await wait(49_000);
    await run();
    await wait(1000);
    await run();
    expect(asked()).toEqual(['/login', '/things', '/things', '/login', '/things']);
  });

  test('uses a token without an end until it is refused', async () => {
    await open((url) => (url === '/things' ? things : { body: { access: jwt('t') } }));
    await run();
    await wait(1e9);
    await run();
    expect(asked()).toEqual(['/login', '/things', '/things']);
  });

  test('renews once for all runs that find the token dead', async () => {
    let given = 0;
    await open((url) =>
      url === '/things' ? things : { body: { access: jwt(`t${++given}`, ISSUED + 60, ISSUED), refresh: `r${given}` } },
    );
    await run();
    await wait(60_000);
    const runs = await Promise.all(Array.from({ length: 10 }, run));
    expect(runs.map(({ error }) => error)).toEqual(Array.from({ length: 10 }));
    expect(asked().filter((url) => url !== '/things')).toEqual(['/login', '/refresh']);
  });

  test.each([
    { name: 'refused credentials', answer: { status: 401 }, code: 'UPSTREAM_CONFIGURATION' },
    { name: 'an answer without a token', answer: { body: {} }, code: 'UPSTREAM_SYSTEM' },
    { name: 'a token of another kind', answer: { body: { access: 'opaque' } }, code: 'UPSTREAM_SYSTEM' },
  ])('$name end the run with a reason', async ({ answer, code }) => {
    await open(() => answer);
    expect((await run()).error?.code).toBe(code);
  });
});

test.each([
  { name: 'a login without credentials', declare: () => jwtLogin({ ...options, credentials: [] }) },
  { name: 'a query token without a parameter', declare: () => queryToken({ parameter: '' }) },
  { name: 'one credential for certificate and key', declare: () => mutualTls({ certificate: 'a', privateKey: 'a' }) },
])('$name is refused when it is declared', ({ declare }) => {
  expect(declare).toThrow(TypeError);
});
