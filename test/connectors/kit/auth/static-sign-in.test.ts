import { describe, expect, test } from '@jest/globals';
import type { AuthKind } from '../../../../connectors/kit/auth/auth.ts';
import { basic, bearer } from '../../../../connectors/kit/index.ts';

const request = { method: 'GET', path: '/x', headers: { 'X-Kept': '1' } } as const;
/** Neither kind asks for more than the credentials. */
const authorize = (kind: AuthKind, credentials: object) => kind.authorize(request, { credentials } as never);

describe('sign-in that asks the upstream nothing', () => {
  test.each([
    {
      name: 'Basic sends name and password in UTF-8',
      kind: basic(),
      credentials: { username: 'đo-lường', password: 'mật:khẩu' },
      expected: `Basic ${Buffer.from('đo-lường:mật:khẩu', 'utf8').toString('base64')}`,
    },
    {
      name: 'Basic takes its credentials by other names',
      kind: basic({ username: 'account', password: 'pin' }),
      credentials: { account: 'a', pin: 'b' },
      expected: 'Basic YTpi',
    },
    { name: 'a bearer token goes as it is', kind: bearer(), credentials: { token: 't-1' }, expected: 'Bearer t-1' },
    {
      name: 'a bearer token by another name',
      kind: bearer({ token: 'lgspToken' }),
      credentials: { lgspToken: 't-2' },
      expected: 'Bearer t-2',
    },
  ])('$name', async ({ kind, credentials, expected }) => {
    expect([...kind.credentials].sort()).toEqual(Object.keys(credentials).sort());
    const authorized = await authorize(kind, credentials);
    expect(authorized.request.headers).toEqual({ 'X-Kept': '1', Authorization: expected });
    // Nothing to renew: a refusal is final.
    expect(authorized.token).toBeUndefined();
  });

  test('a name with a colon is a mistake of configuration, told without its value', async () => {
    const attempt = authorize(basic(), { username: 'a:b', password: 'c' });
    await expect(attempt).rejects.toMatchObject({ code: 'UPSTREAM_CONFIGURATION' });
    await expect(attempt).rejects.not.toMatchObject({ userMessage: expect.stringContaining('a:b') });
  });
});
