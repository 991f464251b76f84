import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { RUN_CHANNEL } from '../database/channels.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { RunCounts } from './run-counts.ts';
import type { RunningRun } from './vanished-runs.ts';

export type RunTrigger = 'schedule' | 'request' | 'command' | 'backfill' | 'replay' | 'push';
export type RunState = 'RUNNING' | 'SUCCEEDED' | 'PARTIAL' | 'FAILED' | 'CANCELLED';

export interface RunFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export interface RunRecord extends RunningRun {
  readonly sourceId: string;
  readonly state: RunState;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly counts: RunCounts;
  readonly failure: RunFailure | null;
  /** How much of it is done, 0 to 100; null where that is not known. */
  readonly percent: number | null;
}

/** Wakes who follows runs, once the transaction is committed. */
export const tellOfRun = (em: EntityManager, runId: number) =>
  sql`select pg_notify(${RUN_CHANNEL}, ${String(runId)})`.execute(em.getKysely());

/** A run and the name of the worker that has it; another may have it meanwhile. */
export interface HeldRun {
  readonly runId: number;
  readonly worker: string;
}

/** Says that the run is alive; false if it has been given up or is another's, and must stop. */
export async function beat(em: EntityManager, { runId, worker }: HeldRun, now: Date): Promise<boolean> {
  const beaten = await sql`update sync_run set heartbeat_at = ${now}
    where id = ${runId} and state = 'RUNNING' and worker = ${worker} returning id`.execute(em.getKysely());
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
 * Adds to the counts of a running run. False if the run has been given up or is another's: the caller's transaction must
 * not commit, for somebody else may read the source. Called inside the transaction that stores what is counted.
 */
export async function addCounts(
  em: EntityManager,
  { runId, worker }: HeldRun,
  counts: RunCounts,
  now: Date,
  progress: RunProgress,
): Promise<boolean> {
  const updated = await sql`update sync_run set heartbeat_at = ${now}, stream = ${progress.stream},
      percent = coalesce(${progress.percent ?? null}::float8, percent), pages = pages + ${progress.pages},
      bytes = bytes + ${progress.bytes}, asked = asked + ${counts.asked},
      read = read + ${counts.read}, accepted = accepted + ${counts.accepted}, unchanged = unchanged + ${counts.unchanged},
      rejected = rejected + ${counts.rejected}, changes = changes + ${counts.changes}
    where id = ${runId} and state = 'RUNNING' and worker = ${worker} returning id`.execute(em.getKysely());
  if (updated.rows.length === 0) return false;
  await tellOfRun(em, runId);
  return true;
}

/** Says how many records there are to read, where that is known before they are read. */
export async function announceTotal(em: EntityManager, runId: number, total: number): Promise<void> {
  await sql`update sync_run set total = ${total} where id = ${runId} and state = 'RUNNING'`.execute(em.getKysely());
  await tellOfRun(em, runId);
}

/** Ends a running run of that worker; one that has ended, or is another's, stays as it is. */
export async function finishRun(
  em: EntityManager,
  { runId, worker }: HeldRun,
  end: { state: Exclude<RunState, 'RUNNING'>; failure: RunFailure | null; now: Date },
): Promise<void> {
  await sql`update sync_run set state = ${end.state}, finished_at = ${end.now}, heartbeat_at = ${end.now},
      error_code = ${end.failure?.code ?? null}, error_message = ${end.failure?.message ?? null},
      error_retryable = ${end.failure?.retryable ?? null}
    where id = ${runId} and state = 'RUNNING' and worker = ${worker}`.execute(em.getKysely());
  await tellOfRun(em, runId);
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
