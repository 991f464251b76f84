import { afterEach, describe, expect, test } from '@jest/globals';
import { headerEnvelope } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../../support/scripted-server.ts';

const envelope = () =>
  headerEnvelope({
    tokenPath: '/token',
    header: 'lgspaccesstoken',
    members: { AccessKey: 'accessKey', SecretKey: 'secretKey' },
  });
const credentials = { accessKey: 'khóa', secretKey: 'bí mật' };

describe('keys in a header envelope', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });
  const run = async (script: (nth: number, url: string) => ScriptedAnswer) => {
    server = await startScripted((nth, { url = '' }) => script(nth, url));
    bench = createBench(server.baseUrl, { credentials });
    return readAll(definePlain({ auth: envelope }), bench.context);
  };

  test('go sealed with the token request only, and the token with all others', async () => {
    const { error } = await run((_nth, url) => ({
      body: url === '/token' ? { access_token: 't', expires_in: '3600' } : [{ id: 'DVCQG' }],
    }));
    expect(error).toBeUndefined();
    const [signIn, data] = server.requests;
    const sealed = Buffer.from(String(signIn?.headers.lgspaccesstoken), 'base64').toString('utf8');
    expect(sealed).toBe('{"AccessKey":"khóa","SecretKey":"bí mật"}');
    expect(signIn).toMatchObject({ method: 'POST', url: '/token' });
    expect(data?.headers.authorization).toBe('Bearer t');
    expect(data?.headers.lgspaccesstoken).toBeUndefined();
  });

  test('are asked for a new token once where the old one is refused', async () => {
    let issued = 0;
    const { error, observations } = await run((nth, url) => {
      if (url === '/token') {
        issued += 1;
        return { body: { access_token: `t${issued}`, expires_in: 3600 } };
      }
      return nth === 2 ? { status: 401 } : { body: [{ id: 'DVCQG' }] };
    });
    expect([error, observations.length, issued]).toEqual([undefined, 1, 2]);
  });

  test.each([
    { name: 'a refusal of the keys', answer: { status: 401 }, code: 'UPSTREAM_CONFIGURATION' },
    { name: 'an answer without a token', answer: { body: { ok: true } }, code: 'UPSTREAM_SYSTEM' },
  ])('$name ends the run with a reason', async ({ answer, code }) => {
    const { error } = await run(() => answer);
    expect(error?.code).toBe(code);
  });
});

test('an envelope without members is refused when it is declared', () => {
  expect(() => headerEnvelope({ tokenPath: '/token', header: 'x', members: {} })).toThrow(/signs nobody in/);
});
