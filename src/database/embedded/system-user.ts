import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ConfigurationError } from '../../errors/operation-errors.ts';

const run = promisify(execFile);

/** Whom the server runs as; undefined for whoever runs the hub. Spread into the options of `spawn`. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined;

/**
 * PostgreSQL refuses to run as root. A hub that runs as root hands the server to the owner of the cluster that is
 * there, else to the user `postgres`, who is made if missing.
 */
export async function chooseServerUser(clusterDirectory: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(clusterDirectory).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await findUser('postgres')) ?? (await createUser('postgres'));
}

async function findUser(name: string): Promise<ServerUser> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
  } catch {
    return undefined;
  }
}

async function createUser(name: string): Promise<ServerUser> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', name]);
  } catch (cause) {
    const found = await findUser(name);
    if (found) return found;
    throw new ConfigurationError(
      'PostgreSQL does not run as root, and the user "postgres" could not be made for it. ' +
        'Start the hub as an ordinary user, make that user, or set DATABASE_URL.',
      { cause },
    );
  }
  return findUser(name);
}

/** Whether that user can go into a directory, or run a program, with all directories above it. */
export async function canReach(user: ServerUser, path: string): Promise<boolean> {
  if (!user) return true;
  return run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}
