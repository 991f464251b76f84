import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface StartedChild {
  readonly url?: string;
  readonly pid?: number;
  readonly user?: number;
  readonly failed?: { readonly name: string; readonly message: string; readonly code?: string };
  readonly process: ChildProcess;
}

/** Starts the built-in server from another process and resolves when it serves or has given up. */
export async function startChild(
  dataDir: string,
  user: { uid: number; gid: number } | undefined = undefined,
): Promise<StartedChild> {
  const child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'child.ts'), dataDir], {
    ...user,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`the child ended with ${code} before it said anything`)),
    ),
  ])) as [string];
  return { ...(JSON.parse(line) as Omit<StartedChild, 'process'>), process: child };
}

export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
