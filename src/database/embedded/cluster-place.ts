import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../../errors/operation-errors.ts';
import { runtimeDirectory } from './runtime-directory.ts';
import { canReach, type ServerUser } from './system-user.ts';

const OWNER_FILE = 'data-directory';

/** Where the cluster of a data directory lies, or would lie. */
export function clusterLink(dataDirectory: string): string {
  return join(dataDirectory, 'postgres');
}

/**
 * The real path of the cluster: `<data directory>/postgres`, or, where the server's user cannot enter the directories
 * above it, a place in the runtime directory to which `postgres` is then a symbolic link. The path need not exist yet;
 * its parent does.
 */
export async function placeCluster(dataDirectory: string, user: ServerUser): Promise<string> {
  const link = clusterLink(dataDirectory);
  const there = await lstat(link).catch(() => undefined);
  if (user) await chmod(dataDirectory, (await stat(dataDirectory)).mode | 0o111).catch(() => undefined);
  if (await canReach(user, dataDirectory)) {
    return there?.isSymbolicLink() ? realpath(link).catch(() => renew(link, dataDirectory, user)) : inPlace(link);
  }
  if (there?.isSymbolicLink()) return realpath(link).catch(() => renew(link, dataDirectory, user));
  if (there) {
    throw new ConfigurationError(
      `PostgreSQL cannot reach ${link} any more: a directory above it can be entered by root only. ` +
        'Give it back the mode that it had (chmod o+x), or move the data directory.',
    );
  }
  return relocate(link, dataDirectory, user);
}

async function inPlace(link: string): Promise<string> {
  return join(await realpath(dirname(link)), 'postgres');
}

/** The link points to nothing, e.g. after a reboot that emptied /tmp: start anew. */
async function renew(link: string, dataDirectory: string, user: ServerUser): Promise<string> {
  await rm(link);
  return placeCluster(dataDirectory, user);
}

async function relocate(link: string, dataDirectory: string, user: ServerUser): Promise<string> {
  const base = await runtimeDirectory(user);
  const owner = await realpath(dataDirectory);
  await removeAbandoned(base, owner);
  const home = join(base, `data-${randomUUID()}`);
  await mkdir(home, { mode: 0o711 });
  await writeFile(join(home, OWNER_FILE), owner);
  await symlink(join(home, 'postgres'), link);
  return join(home, 'postgres');
}

/** Clusters of a data directory of the same path that was deleted since: only its user could mean them, and let go. */
async function removeAbandoned(base: string, owner: string): Promise<void> {
  for (const name of await readdir(base)) {
    const home = join(base, name);
    const text = await readFile(join(home, OWNER_FILE), 'utf8').catch(() => undefined);
    if (text === owner) await rm(home, { recursive: true, force: true });
  }
}
