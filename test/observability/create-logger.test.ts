import { describe, expect, test } from '@jest/globals';
import { createLogger } from '../../src/observability/index.ts';

const SECRETS = {
  key: 'lt_ab12_Zk3vQ8w9xY0aBcDeFgHiJkLm',
  bearer: 'eyJhbGciOi.J9.abc-def',
  password: 'tr0ub4dor',
};

function logged(log: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  log(createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } }));
  return lines.join('');
}

describe('a log line', () => {
  test('is one line of JSON with level, ISO time, details and message', () => {
    const line = logged((logger) => logger.info({ source: 'khcn', read: 34 }, 'a run ended'));
    expect(line.split('\n')).toHaveLength(2);
    const parsed = JSON.parse(line) as Record<string, unknown>;
    expect(parsed).toMatchObject({ level: 'info', source: 'khcn', read: 34, msg: 'a run ended', name: 'lienthong' });
    expect(new Date(parsed.time as string).toISOString()).toBe(parsed.time);
  });

  test('shows an error whole, with its cause', () => {
    const cause = new Error('the cause');
    const line = logged((logger) => logger.error({ err: new Error('outer', { cause }) }, 'x'));
    expect(JSON.parse(line)).toMatchObject({ err: { type: 'Error', stack: expect.stringContaining('the cause') } });
  });

  const { key, bearer, password } = SECRETS;
  test.each<[string, object, string]>([
    ['a key in the message', {}, `refused ${key}`],
    ['a key in a stack', { err: new Error(`bad key ${key}`) }, 'x'],
    ['a header by name', { authorization: `Bearer ${bearer}` }, 'x'],
    ['headers one level down', { headers: { Authorization: `Bearer ${bearer}`, cookie: `sid=${password}` } }, 'x'],
    ['a header in a text', { detail: `sent Authorization: Bearer ${bearer}` }, 'x'],
    ['a password by name', { password }, 'x'],
    ['a password deep in the details', { a: { b: { c: { client_secret: password } } } }, 'x'],
    ['a password in an address', { url: `postgresql://hub:${password}@10.0.0.1:5432/hub` }, 'x'],
    ['a token in a query string', { url: `https://lgsp.example/api?access_token=${bearer}&page=2` }, 'x'],
    ['a form', { body: `grant_type=password&username=u&password=${password}` }, 'x'],
    ['JSON in a text', { body: JSON.stringify({ access_token: bearer, expires_in: 3600 }) }, 'x'],
  ])('has no secret: %s', (_case, details, message) => {
    const line = logged((logger) => logger.warn(details, message));
    for (const secret of ['Zk3vQ8w9xY0aBcDeFgHiJkLm', bearer, password]) expect(line).not.toContain(secret);
    expect(() => JSON.parse(line)).not.toThrow();
  });

  test('keeps what only looks near to a secret', () => {
    const details = {
      path: '/bao-cao?ngay=2025-06-27&page=2',
      tokens: 3,
      keyId: 'ab12',
      text: 'the password was wrong',
    };
    expect(JSON.parse(logged((logger) => logger.info(details, 'x')))).toMatchObject(details);
  });

  test('below the level is not written', () => {
    const lines: string[] = [];
    createLogger({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } }).info({}, 'x');
    expect(lines).toEqual([]);
  });
});
