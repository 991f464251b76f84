import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { RUN_CHANNEL } from '../database/channels.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { RunCounts } from './run-counts.ts';
import { hasVanished, type RunningRun, vanishedMessage } from './vanished-runs.ts';
import type { WorkerIdentity } from './worker-identity.ts';

export type RunTrigger = 'schedule' | 'request' | 'command' | 'backfill' | 'replay' | 'push';
export type RunState = 'RUNNING' | 'SUCCEEDED' | 'PARTIAL' | 'FAILED' | 'CANCELLED';

export interface RunFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export interface RunRecord extends RunningRun {
  readonly sourceId: string;
  readonly trigger: RunTrigger;
  readonly state: RunState;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly counts: RunCounts;
  readonly failure: RunFailure | null;
  /** How much of it is done, 0 to 100; null where that is not known. */
  readonly percent: number | null;
}

/** Whether the caller holds the run (`claimed`) or somebody else has one of that source going on. */
export interface RunClaim {
  readonly runId: number;
  readonly claimed: boolean;
}

const notify = (em: EntityManager, runId: number) =>
  sql`select pg_notify(${RUN_CHANNEL}, ${String(runId)})`.execute(em.getKysely());

/**
 * Begins a run, unless one of that source is going on anywhere in the installation: then that one is the answer. The
 * unique index on running runs decides, so two who ask at once get one run. Runs whose worker is gone are failed first.
 */
export async function claimRun(
  em: EntityManager,
  claim: { sourceId: string; trigger: RunTrigger; worker: string; me: WorkerIdentity; now: Date },
): Promise<RunClaim> {
  await failVanishedRuns(em, claim.me, claim.now, claim.sourceId);
  // The other's run may end between the two statements; then the next attempt gets it.
  for (;;) {
    const inserted = await sql<{ id: number }>`
      insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
      values (${claim.sourceId}, ${claim.trigger}, 'RUNNING', ${claim.worker}, ${claim.now}, ${claim.now})
      on conflict (source_id) where state = 'RUNNING' do nothing returning id`.execute(em.getKysely());
    const mine = inserted.rows[0];
    if (mine) {
      await notify(em, mine.id);
      return { runId: mine.id, claimed: true };
    }
    const running = await sql<{ id: number }>`select id from sync_run
      where source_id = ${claim.sourceId} and state = 'RUNNING'`.execute(em.getKysely());
    const other = running.rows[0];
    if (other) return { runId: other.id, claimed: false };
  }
}

/** Takes over a run that was asked for and waits; false if another worker has it, or it was given up. */
export async function takeRun(
  em: EntityManager,
  runId: number,
  worker: string,
  waiting: string,
  now: Date,
): Promise<boolean> {
  const taken = await sql`update sync_run set worker = ${worker}, heartbeat_at = ${now}, started_at = ${now}
    where id = ${runId} and state = 'RUNNING' and worker = ${waiting} returning id`.execute(em.getKysely());
  return taken.rows.length > 0;
}

/** Says that the run is alive; false if it has been given up, and must stop. */
export async function beat(em: EntityManager, runId: number, now: Date): Promise<boolean> {
  const beaten = await sql`update sync_run set heartbeat_at = ${now}
    where id = ${runId} and state = 'RUNNING' returning id`.execute(em.getKysely());
  return beaten.rows.length > 0;
}

/** What a run does just now, told with its counts. */
export interface RunProgress {
  readonly stream: string;
  /** Pages that these counts are of. */
  readonly pages: number;
  /** Of answers that came with them. */
  readonly bytes: number;
  /** How much of the run is done, 0 to 100; undefined leaves what was told before. */
  readonly percent?: number | undefined;
}

/**
 * Adds to the counts of a running run. False if the run has been given up: the caller's transaction must not commit,
 * for another run may have begun. Called inside the transaction that stores what is counted.
 */
export async function addCounts(
  em: EntityManager,
  runId: number,
  counts: RunCounts,
  now: Date,
  progress: RunProgress,
): Promise<boolean> {
  const updated = await sql`update sync_run set heartbeat_at = ${now}, stream = ${progress.stream},
      percent = coalesce(${progress.percent ?? null}::float8, percent), pages = pages + ${progress.pages},
      bytes = bytes + ${progress.bytes}, asked = asked + ${counts.asked},
      read = read + ${counts.read}, accepted = accepted + ${counts.accepted}, unchanged = unchanged + ${counts.unchanged},
      rejected = rejected + ${counts.rejected}, changes = changes + ${counts.changes}
    where id = ${runId} and state = 'RUNNING' returning id`.execute(em.getKysely());
  if (updated.rows.length === 0) return false;
  await notify(em, runId);
  return true;
}

/** Says how many records there are to read, where that is known before they are read. */
export async function announceTotal(em: EntityManager, runId: number, total: number): Promise<void> {
  await sql`update sync_run set total = ${total} where id = ${runId} and state = 'RUNNING'`.execute(em.getKysely());
  await notify(em, runId);
}

/** Ends a running run; one that has ended stays as it is. */
export async function finishRun(
  em: EntityManager,
  runId: number,
  end: { state: Exclude<RunState, 'RUNNING'>; failure: RunFailure | null; now: Date },
): Promise<void> {
  await sql`update sync_run set state = ${end.state}, finished_at = ${end.now}, heartbeat_at = ${end.now},
      error_code = ${end.failure?.code ?? null}, error_message = ${end.failure?.message ?? null},
      error_retryable = ${end.failure?.retryable ?? null}
    where id = ${runId} and state = 'RUNNING'`.execute(em.getKysely());
  await notify(em, runId);
}

/** Fails the runs that nobody works on any more, of one source or of all; returns their ids. */
export async function failVanishedRuns(
  em: EntityManager,
  me: WorkerIdentity,
  now: Date,
  sourceId: string | null = null,
): Promise<number[]> {
  const running = await sql<RunningRun>`select id, worker, heartbeat_at as "heartbeatAt" from sync_run
    where state = 'RUNNING' and (${sourceId}::text is null or source_id = ${sourceId})`.execute(em.getKysely());
  const failed: number[] = [];
  for (const run of running.rows) {
    if (!(await hasVanished(run, me, now))) continue;
    // The heartbeat is compared once more: the worker may have woken since it was read.
    const updated = await sql`update sync_run set state = 'FAILED', finished_at = ${now}, error_code = 'UNAVAILABLE',
        error_message = ${vanishedMessage(run)}, error_retryable = true
      where id = ${run.id} and state = 'RUNNING' and worker = ${run.worker} and heartbeat_at = ${run.heartbeatAt}
      returning id`.execute(em.getKysely());
    if (updated.rows.length === 0) continue;
    await notify(em, run.id);
    failed.push(run.id);
  }
  return failed;
}

export async function findRun(em: EntityManager, runId: number): Promise<RunRecord | null> {
  const found = await sql<Omit<RunRecord, 'counts' | 'failure'> & RunCounts & FailureColumns>`
    select id, source_id as "sourceId", trigger, state, worker, started_at as "startedAt",
      heartbeat_at as "heartbeatAt", finished_at as "finishedAt", percent,
      asked, read, accepted, unchanged, rejected, changes,
      error_code as "errorCode", error_message as "errorMessage", error_retryable as "errorRetryable"
    from sync_run where id = ${runId}`.execute(em.getKysely());
  const row = found.rows[0];
  if (!row) return null;
  const { asked, read, accepted, unchanged, rejected, changes, errorCode, errorMessage, errorRetryable, ...run } = row;
  return {
    ...run,
    counts: { asked, read, accepted, unchanged, rejected, changes },
    failure: errorCode && { code: errorCode, message: errorMessage ?? '', retryable: errorRetryable ?? false },
  };
}

interface FailureColumns {
  readonly errorCode: ErrorCode | null;
  readonly errorMessage: string | null;
  readonly errorRetryable: boolean | null;
}
