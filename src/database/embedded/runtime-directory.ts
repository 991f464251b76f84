import { mkdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors/operation-errors.ts';
import { canReach, type ServerUser } from './system-user.ts';

/**
 * A directory that the server's user can reach, for what it cannot reach in place: a checkout or data directory below
 * one with mode 0700, such as /root. Only ever needed by a hub that runs as root. One that survives a reboot comes
 * first. It is used only if it belongs to root and nobody else can write there.
 */
export async function runtimeDirectory(user: ServerUser): Promise<string> {
  const candidates = ['/var/lib/lienthong', join(tmpdir(), 'lienthong')];
  for (const path of candidates) {
    if ((await isOurs(path)) && (await canReach(user, path))) return realpath(path);
  }
  throw new ConfigurationError(
    `The user that runs PostgreSQL needs a directory that it can reach, and none of ${candidates.join(', ')} can be ` +
      'used. Move the checkout and DATA_DIR out of directories that only root can enter, or set DATABASE_URL.',
  );
}

async function isOurs(path: string): Promise<boolean> {
  try {
    await mkdir(path, { recursive: true, mode: 0o711 });
    const found = await stat(path);
    return found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
