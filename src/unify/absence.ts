import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { UNDATED } from './lanes.ts';
import { lockEntities } from './locks.ts';
import { affectedBy, type Unified, unifyEntities } from './unify-entities.ts';

export interface CompletedSnapshot {
  readonly sourceId: string;
  readonly stream: string;
  /** Fact kinds that the snapshot lists in full. */
  readonly kinds: readonly string[];
  /** Hub clock at the start of the run: what was not told since is missing from the snapshot. */
  readonly startedAt: Date;
  /** Hub clock. */
  readonly now: Date;
  /** Domain clock: from when on an entity counts as gone. */
  readonly observedAt: Date;
  readonly runId: number | null;
}

/**
 * Takes note of a full, successful snapshot. What its source claimed before and it does not name turns stale; after
 * `gone_after` such snapshots in a row the source's claims are taken back, until it says them again. In the transaction of the EntityManager, and
 * not together with `ingest` in one. Failed or short snapshots are not reported here, so they count for nothing.
 */
export async function completeSnapshot(em: EntityManager, snapshot: CompletedSnapshot): Promise<Unified> {
  const db = em.getKysely() as never;
  const missing = sql`o.head and not o.retracted and o.source_id = ${snapshot.sourceId} and o.stream = ${snapshot.stream}
    and o.kind = any(${[...snapshot.kinds]}::text[]) and o.seen_at < ${snapshot.startedAt}::timestamptz`;
  const found = await sql<{ kind: string; entityId: string }>`
    select distinct o.kind, o.entity_id as "entityId" from observation o where ${missing}`.execute(db);
  if (found.rows.length === 0) return { changes: 0, lastSeq: null };
  await lockEntities(db, found.rows);
  const { rows } = await sql<{ kind: string; entityId: string }>`
    with counted as (
      update observation o set absent_since = coalesce(o.absent_since, ${snapshot.now}::timestamptz),
        absent_count = o.absent_count + 1,
        head = o.absent_count + 1 < s.gone_after
      from source s where s.id = o.source_id and ${missing}
      returning o.*
    )
    select id, kind, entity_id as "entityId", head from counted`.execute(db);
  await retractGone(db, rows, snapshot);
  return unifyEntities(db, affectedBy(rows), {
    at: snapshot.now,
    cause: 'ABSENT',
    runId: snapshot.runId,
    bySources: [snapshot.sourceId],
  });
}

/** Puts a retraction in the place of each head that was retired for having been absent too often. */
async function retractGone(db: never, rows: readonly unknown[], snapshot: CompletedSnapshot): Promise<void> {
  const gone = (rows as Array<{ id: number; head: boolean }>).filter(({ head }) => !head).map(({ id }) => id);
  if (gone.length === 0) return;
  await sql`
    insert into observation (kind, entity_id, source_id, stream, facet, observed_from, observed_until, revision,
      attributes, retracted, recorded_at, until_recorded_at, seen_at, head, detail, evidence, run_id)
    select kind, entity_id, source_id, stream, facet, t.at, t.at,
      case when t.at = o.observed_until then o.revision + 1 else 0 end,
      (select jsonb_object_agg(key, null) from jsonb_object_keys(o.attributes) as key), true,
      ${snapshot.now}::timestamptz, ${snapshot.now}::timestamptz, ${snapshot.now}::timestamptz, true,
      '{"absent": true}', ${JSON.stringify(UNDATED)}::jsonb, ${snapshot.runId}::bigint
    from observation o,
      lateral (select greatest(o.observed_until, ${snapshot.observedAt}::timestamptz) as at) t
    where o.id = any(${gone}::bigint[])`.execute(db);
}
