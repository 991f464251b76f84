import type { EntityManager } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';
import type { SourceBatch } from './ingest.ts';
import { toStatement } from './lanes.ts';
import { lockEntities } from './locks.ts';

/**
 * Takes note that a source says again what it said last, and tells nothing else: what of it stands at the head of its line
 * counts as seen then; what was said otherwise since stays. What has turned stale is fresh again from the next sweep on.
 */
export async function keepFresh(em: EntityManager, batches: readonly SourceBatch[], seenAt: Date): Promise<void> {
  const statements = batches.flatMap(({ sourceId, stream, observations }) =>
    observations.map((observation, ord) => toStatement(observation, { ord, sourceId, stream, requestedAt: seenAt })),
  );
  if (statements.length === 0) return;
  const db = em.getKysely() as unknown as Kysely<unknown>;
  await lockEntities(db, statements);
  await sql`update observation o set seen_at = greatest(o.seen_at, ${seenAt}::timestamptz)
    from jsonb_to_recordset(${JSON.stringify(statements)}::jsonb) as r(kind text, "entityId" text, "sourceId" text,
      stream text, facet text, attributes jsonb, retracted boolean)
    where o.head and o.kind = r.kind and o.entity_id = r."entityId" and o.source_id = r."sourceId"
      and o.stream = r.stream and o.facet = r.facet and o.attributes = r.attributes and o.retracted = r.retracted`.execute(
    db,
  );
}
