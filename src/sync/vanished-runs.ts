import type { WorkerIdentity } from './worker-identity.ts';
import { isWorkerRunning, WAITING_WORKER } from './worker-identity.ts';

/** A run that is silent for longer belongs to a worker that is no more. */
export const HEARTBEAT_LIMIT_MS = 60_000;
/** How often a run says that it is alive; several may get lost. */
export const HEARTBEAT_INTERVAL_MS = 5_000;

/** The same for a run of this very process whose end could not be recorded, because the database was away. */
const OWN_SILENCE_LIMIT_MS = 2 * HEARTBEAT_INTERVAL_MS;

export interface RunningRun {
  readonly id: number;
  readonly worker: string;
  readonly heartbeatAt: Date;
}

/**
 * Whether nobody works on a run any more. A worker on this machine that ended is known at once; of one elsewhere only
 * its silence tells. Being wrong (a machine that slept) costs one page: what a run stores is stored under its own
 * record, so the sleeper cannot write after its run was given up.
 */
export async function hasVanished(run: RunningRun, me: WorkerIdentity, now: Date): Promise<boolean> {
  const silentMs = now.getTime() - run.heartbeatAt.getTime();
  // Not at once: a run that was claimed this instant is not yet among the active ones.
  if (run.worker === me.name) return !me.active.has(run.id) && silentMs > OWN_SILENCE_LIMIT_MS;
  if (silentMs > HEARTBEAT_LIMIT_MS) return true;
  return run.worker !== WAITING_WORKER && (await isWorkerRunning(run.worker)) === false;
}

/** What the record of a vanished run says to people. */
export function vanishedMessage(run: RunningRun): string {
  return run.worker === WAITING_WORKER
    ? `No worker took the run within ${HEARTBEAT_LIMIT_MS / 1000} s. Check that a process with ROLE=worker or ROLE=all is up.`
    : `The worker vanished (${run.worker}; last heard of at ${run.heartbeatAt.toISOString()}). What it had stored stays; the next run goes on from there.`;
}
