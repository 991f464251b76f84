import { describe, expect, test } from '@jest/globals';
import { createDatabaseClone, createEmptyDatabase } from '../support/database.ts';
import { runCommand } from './recording-terminal.ts';

/** A database for the length of `work`. */
async function withUrl(create: typeof createDatabaseClone, work: (env: Record<string, string>) => Promise<void>) {
  const clone = await create();
  try {
    await work({ DATABASE_URL: clone.url });
  } finally {
    await clone.drop();
  }
}

test('migrate brings an empty database up to date, and the second time finds nothing to do', () =>
  withUrl(createEmptyDatabase, async (env) => {
    const first = await runCommand(['migrate', '--json'], env);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out).steps.length).toBeGreaterThan(0);
    expect(await runCommand(['migrate'], env)).toMatchObject({ code: 0, out: 'The database is up to date.' });
  }));

describe('keys', () => {
  test('are made, listed without their secret, and revoked', () =>
    withUrl(createDatabaseClone, async (env) => {
      const created = await runCommand(['keys', 'create', '--name', 'Nhóm web', '--role', 'viewer'], env);
      expect(created).toMatchObject({ code: 0, out: expect.stringMatching(/^lt_\w+_/) });
      const id = created.out.split('_')[1] ?? '';
      const listed = await runCommand(['keys', 'list'], env);
      expect(listed.out).toContain('Nhóm web');
      expect(listed.out).not.toContain(created.out.slice(-20));
      expect(await runCommand(['keys', 'revoke', id], env)).toMatchObject({
        code: 0,
        out: expect.stringContaining(id),
      });
      const [line = ''] = (await runCommand(['keys', 'list', '--json'], env)).out.split('\n');
      expect(JSON.parse(line)).toMatchObject({ id, revokedAt: expect.any(String) });
    }));

  test('for what there is not are refused with the reason', () =>
    withUrl(createDatabaseClone, async (env) => {
      const args = ['keys', 'create', '--name', 'a', '--role', 'source', '--source', 'nobody'];
      expect(await runCommand(args, env)).toMatchObject({ code: 2, err: expect.stringContaining('nobody') });
      expect(await runCommand(['keys', 'revoke', 'nobody'], env)).toMatchObject({ code: 1 });
    }));
});

test('a database that cannot be reached is exit code 3, and its password stays unsaid', async () => {
  const env = { DATABASE_URL: 'postgresql://hub:geheim@127.0.0.1:1/hub' };
  const { code, err } = await runCommand(['sources'], env);
  expect(code).toBe(3);
  expect(err).not.toContain('geheim');
});

test.each([
  ['sources', ['sources']],
  ['source', ['source', 'pause', 'khcn', '--reason', 'a']],
  ['keys', ['keys', 'list']],
])('%s on a database that was never migrated says what to do', (_name, args) =>
  withUrl(createEmptyDatabase, async (env) => {
    const { code, out, err } = await runCommand(args, env);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: 'error: The database has not been brought to this version: run `lienthong migrate`, or start the hub once.',
    });
  }),
);
