import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '../../src/lib/wait.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUILT = join(ROOT, 'dist/src/cli/entry.js');
const LOCK = join(ROOT, 'dist/.building');
const SOURCES = ['src', 'schema', 'connectors', 'seeds'];

/** Compiles the code where it is newer than what was built, so that the processes a test starts run what it tests. */
export async function ensureBuilt(): Promise<void> {
  if (await isFresh()) return;
  await mkdir(join(ROOT, 'dist'), { recursive: true });
  const isMine = await lock();
  try {
    if (await isFresh()) return;
    // Emits also where a type is wrong: that is for the type check to say.
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'ignore' });
    if (!(await isFresh())) throw new Error('the code could not be built; run npm run build');
  } finally {
    if (isMine) await rm(LOCK, { recursive: true, force: true });
  }
}

/** Two test files may come at once; a lock that a killed run left is broken after a while. */
async function lock(): Promise<boolean> {
  const take = () =>
    mkdir(LOCK).then(
      () => true,
      () => false,
    );
  if (await waitUntil(take, { limitMs: 30_000 })) return true;
  await rm(LOCK, { recursive: true, force: true });
  return take();
}

async function isFresh(): Promise<boolean> {
  const built = await timeOf(BUILT);
  const newest = await Promise.all(SOURCES.map((folder) => newestIn(join(ROOT, folder))));
  return built > 0 && built >= Math.max(...newest);
}

async function newestIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const times = await Promise.all(files.map((file) => timeOf(join(file.parentPath, file.name))));
  return Math.max(0, ...times);
}

function timeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
