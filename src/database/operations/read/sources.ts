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
