import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findPrograms } from '../../../src/database/embedded/programs.ts';
import { chooseServerUser } from '../../../src/database/embedded/system-user.ts';

describe('the programs of the built-in PostgreSQL', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lienthong-programs-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('run in place where the user of the server can reach them', async () => {
    const { postgres } = await findPrograms(await chooseServerUser(directory));
    expect(await version(postgres, await chooseServerUser(directory))).toMatch(/^postgres \(PostgreSQL\) 18/);
  });

  test('are made executable where an unpacking lost that', async () => {
    const home = await copyTo(join(directory, 'native'));
    await chmod(directory, 0o755);
    await chmod(join(home, 'bin', 'postgres'), 0o644);
    const { postgres } = await findPrograms(await chooseServerUser(directory), home);
    expect((await stat(postgres)).mode & 0o555).toBe(0o555);
  });

  if (process.getuid?.() === 0) {
    test('run from a copy where they lie below a directory that only root can enter', async () => {
      const user = await chooseServerUser(directory);
      const home = await copyTo(join(directory, 'native'));
      const first = await findPrograms(user, home);
      expect(first.postgres.startsWith(directory)).toBe(false);
      expect(await version(first.postgres, user)).toMatch(/^postgres \(PostgreSQL\) 18/);
      expect(await findPrograms(user, home)).toEqual(first);
    });
  }
});

/** A copy of the package, as an install elsewhere would have it. */
async function copyTo(home: string): Promise<string> {
  const { postgres } = await findPrograms(undefined);
  const packaged = join(dirname(postgres), '..');
  await cp(packaged, home, { recursive: true, verbatimSymlinks: true });
  await cp(join(packaged, '..', 'package.json'), join(home, '..', 'package.json'));
  return home;
}

async function version(program: string, user: { uid: number; gid: number } | undefined): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version'], { ...user, cwd: '/' });
  return stdout;
}
