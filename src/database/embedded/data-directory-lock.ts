import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors/operation-errors.ts';
import { identifyProcess, isStillRunning, type ProcessIdentity } from '../../lib/process-identity.ts';

const LOCK_FILE = 'hub.lock';

export interface DataDirectoryLock {
  release(): Promise<void>;
}

/** Another hub works on the directory. */
export class DataDirectoryInUseError extends ConfigurationError {
  constructor(directory: string, pid: number) {
    super(
      `The data directory ${directory} is in use by another hub (process ${pid}). ` +
        'Stop that one, or give this one its own directory with DATA_DIR.',
    );
  }
}

/**
 * Makes this process the only hub on a data directory until `release`. The lock is a file that names the holder by pid
 * and start; one whose holder is gone (kill -9, a reboot) is taken over. It rules out mistakes on one machine, not a
 * directory shared between machines.
 *
 * Throws {@link DataDirectoryInUseError} while another holder runs, this process itself included.
 */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, LOCK_FILE);
  const mine = JSON.stringify({ ...(await ownIdentity()), token: randomUUID() });
  for (;;) {
    if (await linkNew(path, mine)) return { release: () => releaseLock(path, mine) };
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (holder && (await isStillRunning(holder))) throw new DataDirectoryInUseError(directory, holder.pid);
    await breakLock(path, text);
  }
}

async function ownIdentity(): Promise<ProcessIdentity> {
  return (await identifyProcess(process.pid)) ?? { pid: process.pid, startMark: '' };
}

/** Puts a whole file in place at once, so that nobody reads half a lock; false if there is one already. */
async function linkNew(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes the stale lock that was read. Between reading and renaming another may have put a good one: it goes back. */
async function breakLock(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function releaseLock(path: string, mine: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === mine) await rm(path, { force: true });
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startMark } = JSON.parse(text) as Partial<ProcessIdentity>;
    return Number.isInteger(pid) && typeof startMark === 'string' ? { pid: pid as number, startMark } : undefined;
  } catch {
    return undefined;
  }
}
