import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { oauth2ClientCredentials } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../../support/scripted-server.ts';

const LIFE_S = 60;
const EARLY_MS = 10_000;

describe('OAuth 2 with refresh tokens', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });

  /** What was asked for in order: the grant of a token request as it was sent, or the token that a list was asked with. */
  const asked: string[] = [];
  /** Gives tokens `t1`, `t2`, … with refresh tokens `r1`, `r2`, …; `refuses` is told what is asked for. */
  const open = async (refuses: (what: string) => ScriptedAnswer | undefined = () => undefined) => {
    asked.length = 0;
    let given = 0;
    server = await startScripted(async (_nth, request) => {
      const what =
        request.url === '/token' ? decodeURIComponent(await text(request)) : String(request.headers.authorization);
      asked.push(what);
      const refused = refuses(what);
      if (refused) return refused;
      if (request.url !== '/token') return { body: [{ id: 'DVCQG' }] };
      given += 1;
      return { body: { access_token: `t${given}`, refresh_token: `r${given}`, expires_in: LIFE_S } };
    });
    bench = createBench(server.baseUrl, { credentials: { clientId: 'hub', clientSecret: 'bí mật' } });
  };
  const connector = definePlain({
    auth: () => oauth2ClientCredentials({ tokenPath: '/token', refresh: true, earlyMs: EARLY_MS }),
  });
  const run = () => readAll(connector, bench.context);
  const signIn = 'grant_type=client_credentials';
  const refresh = (token: string) => `grant_type=refresh_token&refresh_token=${token}`;
  const expire = () => bench.shared.sleep(LIFE_S * 1000 - EARLY_MS, bench.context.signal);

  test('uses each refresh token once, as the client that it is', async () => {
    await open();
    await run();
    await expire();
    await run();
    await expire();
    const { error } = await run();
    expect([error, asked]).toEqual([
      undefined,
      [signIn, 'Bearer t1', refresh('r1'), 'Bearer t2', refresh('r2'), 'Bearer t3'],
    ]);
    const client = server.requests.filter(({ url }) => url === '/token').map(({ headers }) => headers.authorization);
    const basic = `Basic ${Buffer.from('hub:bí mật').toString('base64')}`;
    expect(client).toEqual([basic, basic, basic]);
  });

  test.each([400, 401])('signs in afresh, once for everybody, where the refresh is refused with %d', async (status) => {
    await open((what) => (what === refresh('r1') ? { status, body: { error: 'invalid_grant' } } : undefined));
    await run();
    await expire();
    const runs = await Promise.all(Array.from({ length: 5 }, run));
    expect(runs.map(({ error }) => error)).toEqual(Array.from({ length: 5 }));
    expect(asked.slice(0, 4)).toEqual([signIn, 'Bearer t1', refresh('r1'), signIn]);
    expect(asked.slice(4)).toEqual(Array.from({ length: 5 }, () => 'Bearer t2'));
  });

  test('ends with a reason where it may not sign in either, having tried each once', async () => {
    await open((what) => (what.startsWith('grant_type') && asked.length > 1 ? { status: 401 } : undefined));
    await run();
    await expire();
    const { error } = await run();
    expect([error?.code, asked]).toEqual(['UPSTREAM_CONFIGURATION', [signIn, 'Bearer t1', refresh('r1'), signIn]]);
  });

  test('does not sign in afresh where the upstream only fails: its refresh token still stands', async () => {
    await open((what) => (what === refresh('r1') && asked.length <= 3 ? { status: 503 } : undefined));
    await run();
    await expire();
    const { error } = await run();
    expect([error, asked]).toEqual([undefined, [signIn, 'Bearer t1', refresh('r1'), refresh('r1'), 'Bearer t2']]);
  });
});
