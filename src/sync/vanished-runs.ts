import type { RunTrigger } from './run-record.ts';
import { isWaiting, isWorkerRunning, RETURNED_WORKER, type WorkerIdentity } from './worker-identity.ts';

/** A run that is silent for longer belongs to a worker that is no more. */
export const HEARTBEAT_LIMIT_MS = 60_000;
/** How often a run says that it is alive; several may get lost. */
export const HEARTBEAT_INTERVAL_MS = 5_000;

/** A worker that is silent for longer may be no more, so nobody counts on what it does. */
const DOUBTFUL_MS = 2 * HEARTBEAT_INTERVAL_MS;

export interface RunningRun {
  readonly id: number;
  readonly trigger: RunTrigger;
  readonly worker: string;
  readonly heartbeatAt: Date;
}

/** Runs that a job of the queue stands for, which comes back from a worker that died. */
const ORDERED: readonly RunTrigger[] = ['request', 'backfill', 'replay'];

/**
 * Whether nobody works on a run any more. A worker on this machine that ended is known at once; of one elsewhere only
 * its silence tells. Being wrong (a machine that slept) costs one page: what a run stores is stored under its own
 * record, so the sleeper cannot write after its run was given up. A run that waits has patience while workers are busy.
 * @param areWorkersHeard whether any worker of the installation was heard of of late.
 */
export async function hasVanished(
  run: RunningRun,
  me: WorkerIdentity,
  now: Date,
  areWorkersHeard: boolean,
): Promise<boolean> {
  const silentMs = silenceOf(run, now);
  // Not at once: a run that was claimed this instant is not yet among the active ones.
  if (run.worker === me.name) return !me.active.has(run.id) && silentMs > DOUBTFUL_MS;
  if (isWaiting(run.worker)) return silentMs > HEARTBEAT_LIMIT_MS && !isToBeTaken(me, areWorkersHeard);
  return silentMs > HEARTBEAT_LIMIT_MS || (await isWorkerRunning(run.worker)) === false;
}

/** A worker with room for more would have taken what the queue holds; who is none knows only whether there are any. */
function isToBeTaken({ active, capacity }: WorkerIdentity, areWorkersHeard: boolean): boolean {
  return capacity === undefined ? areWorkersHeard : active.size >= capacity;
}

/** Whether a worker reads what there is, as another reader would do just now, and was heard of of late. */
export function isLiveRead(run: RunningRun, now: Date): boolean {
  return isPlainRead(run) && !isWaiting(run.worker) && silenceOf(run, now) <= DOUBTFUL_MS;
}

/** Whether a run reads what there is, so that who wants that may wait for its end. */
export function isPlainRead({ trigger }: Pick<RunningRun, 'trigger'>): boolean {
  return trigger === 'schedule' || trigger === 'request' || trigger === 'command';
}

/** Whether another worker is to have a vanished run, since its job comes back; else its record ends. */
export function isToBeReturned({ trigger, worker }: RunningRun): boolean {
  return ORDERED.includes(trigger) && !isWaiting(worker);
}

/** What the record of a vanished run says to people. */
export function vanishedMessage(run: RunningRun): string {
  const seconds = HEARTBEAT_LIMIT_MS / 1000;
  if (run.worker === RETURNED_WORKER) {
    return `The worker vanished or was stopped, and no other took the run within ${seconds} s. What it had stored stays; ask for it again.`;
  }
  return isWaiting(run.worker)
    ? `No worker took the run within ${seconds} s. Check that a process with ROLE=worker or ROLE=all is up, and ask again.`
    : `The worker vanished (${run.worker}; last heard of at ${run.heartbeatAt.toISOString()}). What it had stored stays; the next run goes on from there.`;
}

function silenceOf({ heartbeatAt }: RunningRun, now: Date): number {
  return now.getTime() - heartbeatAt.getTime();
}
