import { hostname } from 'node:os';
import { identifyProcess, isStillRunning } from '../lib/process-identity.ts';

const SEPARATOR = ' ';

/**
 * Who runs connectors in this process, and what it is running. The name stands in the run record: others read from it
 * whether the process that holds a run still exists.
 */
export interface WorkerIdentity {
  /** `<host> <pid> <start mark>`. */
  readonly name: string;
  /** Ids of the runs that this process has going on. */
  readonly active: Set<number>;
  /** How many runs it takes at once from the queue; undefined for who takes none. */
  readonly capacity?: number;
}

/** The name of a run that was asked for and that no worker has taken yet. */
export const WAITING_WORKER = 'waiting for a worker';
/** The same of a run that a worker had begun and will not end; its job comes to another. */
export const RETURNED_WORKER = 'waiting for another worker';

export function isWaiting(worker: string): boolean {
  return worker === WAITING_WORKER || worker === RETURNED_WORKER;
}

export async function createWorkerIdentity(pid: number = process.pid): Promise<WorkerIdentity> {
  const identity = await identifyProcess(pid);
  return { name: [hostname(), pid, identity?.startMark ?? 'unknown'].join(SEPARATOR), active: new Set() };
}

/** What is known of a worker that holds a run: undefined where only its heartbeat can tell (another machine). */
export async function isWorkerRunning(worker: string): Promise<boolean | undefined> {
  const [host, pid, ...startMark] = worker.split(SEPARATOR);
  if (host !== hostname() || !Number.isInteger(Number(pid))) return undefined;
  return isStillRunning({ pid: Number(pid), startMark: startMark.join(SEPARATOR) });
}
