import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { type HeldRun, type RunTrigger, tellOfRun } from './run-record.ts';
import { HEARTBEAT_LIMIT_MS, hasVanished, isToBeReturned, type RunningRun, vanishedMessage } from './vanished-runs.ts';
import { RETURNED_WORKER, WAITING_WORKER, type WorkerIdentity } from './worker-identity.ts';

/** Whether the caller holds the run, or somebody else has one of that source going on: `met`. */
export type RunClaim =
  | { readonly claimed: true; readonly runId: number }
  | { readonly claimed: false; readonly runId: number; readonly met: RunningRun };

const WAITING = [WAITING_WORKER, RETURNED_WORKER];
const running = sql.raw('id, trigger, worker, heartbeat_at as "heartbeatAt"');

/**
 * Begins a run, unless one of that source is going on anywhere in the installation: then that one is the answer. The
 * unique index on running runs decides, so two who ask at once get one run. Runs whose worker is gone are settled first.
 */
export async function claimRun(
  em: EntityManager,
  claim: { sourceId: string; trigger: RunTrigger; worker: string; me: WorkerIdentity; now: Date },
): Promise<RunClaim> {
  await settleVanishedRuns(em, claim.me, claim.now, claim.sourceId);
  // The other's run may end between the two statements; then the next attempt gets it.
  for (;;) {
    const inserted = await sql<{ id: number }>`
      insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
      values (${claim.sourceId}, ${claim.trigger}, 'RUNNING', ${claim.worker}, ${claim.now}, ${claim.now})
      on conflict (source_id) where state = 'RUNNING' do nothing returning id`.execute(em.getKysely());
    const mine = inserted.rows[0];
    if (mine) {
      await tellOfRun(em, mine.id);
      return { runId: mine.id, claimed: true };
    }
    const found = await sql<RunningRun>`select ${running} from sync_run
      where source_id = ${claim.sourceId} and state = 'RUNNING'`.execute(em.getKysely());
    const met = found.rows[0];
    if (met) return { runId: met.id, claimed: false, met };
  }
}

/** Takes over a run that waits for a worker; false if another worker has it, or it has ended. */
export async function takeRun(em: EntityManager, { runId, worker }: HeldRun, now: Date): Promise<boolean> {
  const taken = await sql`update sync_run set worker = ${worker}, heartbeat_at = ${now}, started_at = ${now}
    where id = ${runId} and state = 'RUNNING' and worker = any(${WAITING}::text[]) returning id`.execute(
    em.getKysely(),
  );
  return taken.rows.length > 0;
}

/** Lets another worker have a run that this one will not end. */
export async function returnRun(em: EntityManager, { runId, worker }: HeldRun, now: Date): Promise<void> {
  await sql`update sync_run set worker = ${RETURNED_WORKER}, heartbeat_at = ${now}
    where id = ${runId} and state = 'RUNNING' and worker = ${worker}`.execute(em.getKysely());
  await tellOfRun(em, runId);
}

/** Gives the runs that wait their time anew: a worker has come, which had none to take them before. */
export async function welcomeWaitingRuns(em: EntityManager, now: Date): Promise<void> {
  await sql`update sync_run set heartbeat_at = ${now}
    where state = 'RUNNING' and worker = any(${WAITING}::text[])`.execute(em.getKysely());
}

/**
 * Settles the runs that nobody works on any more, of one source or of all: one whose job comes back waits for another
 * worker, any other fails. Returns the ids of those that failed.
 */
export async function settleVanishedRuns(
  em: EntityManager,
  me: WorkerIdentity,
  now: Date,
  sourceId: string | null = null,
): Promise<number[]> {
  const heardSince = new Date(now.getTime() - HEARTBEAT_LIMIT_MS);
  const found = await sql<RunningRun & { areWorkersHeard: boolean }>`
    select ${running}, exists (select 1 from sync_run where state = 'RUNNING'
      and worker <> all(${WAITING}::text[]) and heartbeat_at > ${heardSince}) as "areWorkersHeard"
    from sync_run where state = 'RUNNING' and (${sourceId}::text is null or source_id = ${sourceId})`.execute(
    em.getKysely(),
  );
  const failed: number[] = [];
  for (const { areWorkersHeard, ...run } of found.rows) {
    if (!(await hasVanished(run, me, now, areWorkersHeard))) continue;
    if ((await settle(em, run, now)) && !isToBeReturned(run)) failed.push(run.id);
  }
  return failed;
}

/** The heartbeat is compared once more: the worker may have woken since it was read. */
async function settle(em: EntityManager, run: RunningRun, now: Date): Promise<boolean> {
  const end = isToBeReturned(run)
    ? sql`worker = ${RETURNED_WORKER}, heartbeat_at = ${now}`
    : sql`state = 'FAILED', finished_at = ${now}, error_code = 'UNAVAILABLE',
        error_message = ${vanishedMessage(run)}, error_retryable = true`;
  const settled = await sql`update sync_run set ${end}
    where id = ${run.id} and state = 'RUNNING' and worker = ${run.worker} and heartbeat_at = ${run.heartbeatAt}
    returning id`.execute(em.getKysely());
  if (settled.rows.length > 0) await tellOfRun(em, run.id);
  return settled.rows.length > 0;
}
