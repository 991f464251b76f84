import { spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors/operation-errors.ts';
import type { Connection } from './connection-file.ts';
import type { Programs } from './programs.ts';
import type { ServerUser } from './system-user.ts';

export interface ClusterOptions {
  readonly programs: Programs;
  readonly user: ServerUser;
  readonly connection: Connection;
  /** False leaves out the fsync of new files, for tests. */
  readonly isDurable: boolean;
  readonly signal?: AbortSignal;
}

export async function clusterExists(directory: string): Promise<boolean> {
  return (await stat(join(directory, 'PG_VERSION')).catch(() => undefined)) !== undefined;
}

/**
 * Makes a cluster at `directory`, whose parent exists. It is built beside and gets its name when whole, so that one
 * that was interrupted (a kill in the middle of initdb) is never taken for a cluster.
 *
 * UTF-8, and letters as Unicode has them from PostgreSQL's own tables rather than the machine's locales, so that
 * upper and lower case of Vietnamese are the same everywhere; passwords by SCRAM.
 */
export async function createCluster(directory: string, options: ClusterOptions): Promise<void> {
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (options.user) await chown(draft, options.user.uid, options.user.gid);
  await withPasswordFile(options, (passwordFile) => initialise(draft, passwordFile, options));
  await rename(draft, directory);
}

async function withPasswordFile(
  { user, connection }: ClusterOptions,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'lienthong-initdb-'));
  try {
    const path = join(directory, 'password');
    await writeFile(path, connection.password, { mode: 0o600 });
    for (const owned of user ? [path, directory] : [])
      await chown(owned, (user as { uid: number }).uid, (user as { gid: number }).gid);
    await use(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function initialise(draft: string, passwordFile: string, options: ClusterOptions): Promise<void> {
  const { programs, user, connection, isDurable, signal } = options;
  const initdb = spawn(
    programs.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${connection.user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--text-search-config=simple',
      ...(isDurable ? [] : ['--no-sync']),
    ],
    {
      ...user,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C' },
      ...(signal ? { signal } : {}),
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let output = '';
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    initdb.on('error', reject).on('close', resolve);
  });
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new ConfigurationError(
      `The built-in PostgreSQL could not create its data in ${draft}: ${reasonIn(output)} ` +
        'See that the disk has room and that the directory can be written, or set DATABASE_URL.',
      { cause: new Error(output) },
    );
  }
}

function reasonIn(output: string): string {
  const line = output.split('\n').find((text) => /error:|FATAL:/.test(text));
  return line ? `${line.replace(/^.*?(error|FATAL):\s*/, '')}.` : 'initdb failed.';
}
