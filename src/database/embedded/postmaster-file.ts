import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../../errors/operation-errors.ts';
import { commandLineOf, identifyProcess, workingDirectoryOf } from '../../lib/process-identity.ts';
import { waitUntil } from '../../lib/wait.ts';

/** Above any pid of any system, so never alive; PostgreSQL takes a lock file with it for a dead server's. */
const NOBODY = 2_000_000_000;
const STOP_STEPS: readonly [NodeJS.Signals, number][] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

/**
 * Clears the way for a new server on a cluster whose last one was not stopped: a server that still runs, because only
 * the hub was killed, is stopped cleanly; a `postmaster.pid` whose number meanwhile belongs to another process is
 * marked as dead. The file is never removed, since PostgreSQL finds through it whether backends of the dead server are
 * still at work. Call under the lock of the data directory.
 */
export async function clearLeftServer(cluster: string, signal?: AbortSignal): Promise<void> {
  const path = join(cluster, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => '');
  const pid = Math.abs(Number.parseInt(text, 10));
  if (!pid || !(await identifyProcess(pid))) return;
  if (await servesCluster(pid, cluster)) await stopProcess(pid, signal);
  else await disown(path, text);
}

/** The server works in its cluster, which it also names on its command line. */
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  return (await workingDirectoryOf(pid)) === cluster || (await commandLineOf(pid)).includes(cluster);
}

/** Ends a server: clients are cut and it shuts down cleanly; if that takes too long it is ended as by a crash. */
export async function stopProcess(pid: number, signal?: AbortSignal): Promise<void> {
  for (const [name, limitMs] of STOP_STEPS) {
    try {
      process.kill(pid, name);
    } catch {
      return;
    }
    const isGone = await waitUntil(async () => !(await identifyProcess(pid)), {
      limitMs,
      ...(signal ? { signal } : {}),
    });
    if (isGone) return;
  }
  throw new UnavailableError(`The built-in PostgreSQL (process ${pid} does not stop)`);
}

async function disown(path: string, text: string): Promise<void> {
  const owner = await stat(path);
  const draft = `${path}.lienthong`;
  await writeFile(draft, text.replace(/^-?\d+/, String(NOBODY)), { mode: owner.mode & 0o777 });
  if (process.getuid?.() === 0) await chown(draft, owner.uid, owner.gid);
  await rename(draft, path);
}
