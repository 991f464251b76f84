import { sql } from 'kysely';
import type { Reader } from './reader.ts';
import { runColumns, type SyncRunRow } from './sync-runs.ts';

export interface SourceHoldingsRow {
  source: string;
  statements: number;
  stale: number;
  lastSeenAt: Date | null;
  lastObservedAt: Date | null;
}

/** What is in force of each of the sources. */
export function readSourceHoldings(reader: Reader, sources: readonly string[]): Promise<SourceHoldingsRow[]> {
  return reader.rows<SourceHoldingsRow>(sql`
    select o.source_id as source, count(*)::int as statements,
      (count(*) filter (where o.stale or o.absent_since is not null))::int as stale,
      max(o.seen_at) as "lastSeenAt", max(o.observed_until) as "lastObservedAt"
    from observation o
    where o.head and not o.retracted and o.source_id = any(${sources}::text[])
    group by o.source_id`);
}

/** The newest run of each of the sources. */
export function readLastRuns(reader: Reader, sources: readonly string[]): Promise<SyncRunRow[]> {
  return reader.rows<SyncRunRow>(sql`
    select r.* from unnest(${sources}::text[]) as s(id)
    cross join lateral (
      select ${runColumns} from sync_run where source_id = s.id order by sync_run.id desc limit 1
    ) as r`);
}

/** How the runs of a source went, and whether it is paused. */
export interface SourceRunsRow {
  source: string;
  pausedAt: Date | null;
  endedState: string | null;
  endedAt: Date | null;
  endedMessage: string | null;
  endedRead: number | null;
  endedRejected: number | null;
  succeededStartedAt: Date | null;
  succeededAt: Date | null;
  /** In a row, up to now. */
  failures: number;
}

/** Runs that tell how a source does. One that is asked is not judged by what it sends beside that. */
const tellsOfSource = sql`(trigger in ('schedule', 'request', 'command') or trigger = 'push' and s.kind = 'push')`;

/** What counts as a success: it read what there was to its end, records that were rejected aside. */
const readToItsEnd = sql`(state = 'SUCCEEDED' or state = 'PARTIAL' and error_code is null)`;

/**
 * How the runs of each of the sources went. A run that was stopped says nothing of its source; nor does one that read
 * only a range, or what was stored, from which the schedule does not go on.
 */
export function readSourceRuns(reader: Reader, sources: readonly string[]): Promise<SourceRunsRow[]> {
  return reader.rows<SourceRunsRow>(sql`
    select s.id as source, s.paused_at as "pausedAt", ended.state as "endedState", ended.finished_at as "endedAt",
      ended.error_message as "endedMessage", ended.read as "endedRead", ended.rejected as "endedRejected",
      succeeded.started_at as "succeededStartedAt", succeeded.finished_at as "succeededAt", failed.count as failures
    from source s
    left join lateral (
      select * from sync_run where source_id = s.id and state in ('SUCCEEDED', 'PARTIAL', 'FAILED') and ${tellsOfSource}
      order by id desc limit 1
    ) as ended on true
    left join lateral (
      select * from sync_run where source_id = s.id and ${readToItsEnd} and ${tellsOfSource}
      order by id desc limit 1
    ) as succeeded on true
    left join lateral (
      select id from sync_run where source_id = s.id and state in ('SUCCEEDED', 'PARTIAL') and ${tellsOfSource}
      order by id desc limit 1
    ) as brought on true
    cross join lateral (
      select count(*)::int as count from sync_run
      where source_id = s.id and state = 'FAILED' and ${tellsOfSource} and id > coalesce(brought.id, 0)
    ) as failed
    where s.id = any(${sources}::text[])`);
}
