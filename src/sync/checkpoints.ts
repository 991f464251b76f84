import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Json } from '../../schema/kinds/fact-kind.ts';

/** How far each stream of a source has been read. */
export async function loadCheckpoints(em: EntityManager, sourceId: string): Promise<Record<string, Json>> {
  const found = await sql<{ stream: string; state: Json }>`select stream, state from checkpoint
    where source_id = ${sourceId}`.execute(em.getKysely());
  return Object.fromEntries(found.rows.map(({ stream, state }) => [stream, state]));
}

/** Keeps a checkpoint, in the transaction that stores what it stands for. */
export async function saveCheckpoint(
  em: EntityManager,
  checkpoint: { sourceId: string; stream: string; state: Json; now: Date },
): Promise<void> {
  await sql`insert into checkpoint (source_id, stream, state, updated_at)
    values (${checkpoint.sourceId}, ${checkpoint.stream}, ${JSON.stringify(checkpoint.state)}::jsonb, ${checkpoint.now})
    on conflict (source_id, stream) do update set state = excluded.state, updated_at = excluded.updated_at`.execute(
    em.getKysely(),
  );
}
