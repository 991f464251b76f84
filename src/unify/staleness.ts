import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { lockEntities } from './locks.ts';
import { affectedBy, type Unified, unifyEntities } from './unify-entities.ts';

/**
 * Marks as stale what a source has not said again within its time to live, as fresh what a longer time to live covers
 * again, and decides the entities anew. In the transaction of the EntityManager. Safe to run anywhere, at any time, by
 * several processes at once; what is found by none waits for the next.
 */
export async function sweepStaleness(
  em: EntityManager,
  { now, limit = 10_000 }: { now: Date; limit?: number },
): Promise<Unified> {
  const db = em.getKysely() as never;
  const turned = sql`o.head and not o.retracted and s.id = o.source_id
    and o.stale <> coalesce(o.seen_at + make_interval(secs => s.ttl_seconds) <= ${now}::timestamptz, false)`;
  const found = await sql<{ kind: string; entityId: string }>`
    select distinct o.kind, o.entity_id as "entityId" from observation o, source s where ${turned} limit ${limit}`.execute(
    db,
  );
  if (found.rows.length === 0) return { changes: 0, lastSeq: null };
  await lockEntities(db, found.rows);
  const { rows } = await sql<{ kind: string; entityId: string; sourceId: string }>`
    update observation o set stale = not o.stale from source s,
      jsonb_to_recordset(${JSON.stringify(found.rows)}::jsonb) as f(kind text, "entityId" text)
    where ${turned} and o.kind = f.kind and o.entity_id = f."entityId"
    returning o.kind, o.entity_id as "entityId", o.source_id as "sourceId"`.execute(db);
  const bySources = [...new Set(rows.map(({ sourceId }) => sourceId))].sort();
  return unifyEntities(db, affectedBy(rows), { at: now, cause: 'STALE', runId: null, bySources });
}
