import { sql } from 'kysely';

export interface SyncRunRow {
  number: number;
  source: string;
  trigger: string;
  state: string;
  worker: string;
  startedAt: Date;
  heartbeatAt: Date;
  finishedAt: Date | null;
  asked: number;
  read: number;
  accepted: number;
  unchanged: number;
  rejected: number;
  changes: number;
  errorCode: string | null;
  errorMessage: string | null;
  errorRetryable: boolean | null;
  stream: string | null;
  pages: number;
  bytes: number;
  total: number | null;
  percent: number | null;
}

/** The columns of a {@link SyncRunRow}, from `sync_run`. */
export const runColumns = sql`sync_run.id as number, source_id as source, trigger, state, worker, started_at as "startedAt",
  heartbeat_at as "heartbeatAt", finished_at as "finishedAt", asked, read, accepted, unchanged, rejected, changes,
  error_code as "errorCode", error_message as "errorMessage", error_retryable as "errorRetryable", sync_run.stream, pages,
  bytes::float8 as bytes, total, percent`;
