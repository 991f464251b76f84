import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process that outlives its number: pids are given again, the moment of the start is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process, different for a later one with the same pid. */
  readonly startMark: string;
}

/** The identity of a running process, undefined if there is none (a zombie is none). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  if (!isAlive(pid)) return undefined;
  const startMark = process.platform === 'linux' ? await linuxStartMark(pid) : await psField(pid, 'lstart');
  return startMark ? { pid, startMark } : undefined;
}

/** Whether that very process still runs. */
export async function isStillRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startMark === identity.startMark;
}

/** The command line of a process with its arguments, empty if it cannot be read. */
export async function commandLineOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return psField(pid, 'args');
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.replaceAll('\0', ' ').trim();
}

/** Where a process works, empty where the system or the rights do not tell; follows a directory that was renamed. */
export async function workingDirectoryOf(pid: number): Promise<string> {
  return readlink(`/proc/${pid}/cwd`).catch(() => '');
}

/** Whether a process has that number; one of another user counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The boot and the clock tick of the start: field 22 of /proc/<pid>/stat, counted after the name, which may hold spaces. */
async function linuxStartMark(pid: number): Promise<string> {
  const [boot, stat] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
  ]);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return !stat || fields[0] === 'Z' || fields[0] === 'X' ? '' : `${boot.trim()}/${fields[19]}`;
}

async function psField(pid: number, field: 'lstart' | 'args'): Promise<string> {
  const answer = await promisify(execFile)('ps', ['-o', `${field}=`, '-p', String(pid)]).catch(() => undefined);
  return answer?.stdout.trim() ?? '';
}
