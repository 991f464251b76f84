import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { BadUserInputError, ConflictError } from '../../errors/index.ts';
import type { Reading } from '../reading/reading.ts';
import {
  actOnSource,
  type SourceActionParts,
  type SourceActionRequest,
  type SourceActionResult,
} from './act-on-source.ts';

/**
 * Forgets how far a stream of a source, or all of them, has been read: the next run begins anew. What was stored stays.
 * Refused while a run goes on, since that would write its own checkpoint over it.
 */
export function resetCheckpoint(
  reading: Reading,
  request: SourceActionRequest & { readonly stream?: string | null },
  { database }: Pick<SourceActionParts, 'database'>,
): Promise<SourceActionResult> {
  const { stream = null } = request;
  return actOnSource(reading, request, {
    name: 'RESET_CHECKPOINT',
    arguments: { stream },
    kinds: ['pull'],
    perform: ({ code, now, record }) =>
      database.fork().transactional(async (tx) => {
        const em = tx as EntityManager;
        await whileNothingRuns(em, code, now, () => forget(em, code, stream));
        await record(em, null);
        return null;
      }),
  });
}

/**
 * The record of a running run is the lock of its source (there can be only one), so holding one that nobody else sees
 * keeps a run from beginning until the transaction ends.
 */
async function whileNothingRuns(em: EntityManager, code: string, now: Date, work: () => Promise<void>): Promise<void> {
  const db = em.getKysely();
  const held = await sql<{ id: number }>`
    insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
    values (${code}, 'request', 'RUNNING', 'reset of a checkpoint', ${now}, ${now})
    on conflict (source_id) where state = 'RUNNING' do nothing returning id`.execute(db);
  const lock = held.rows[0];
  if (!lock) {
    const running = await sql<{ id: number }>`select id from sync_run
      where source_id = ${code} and state = 'RUNNING'`.execute(db);
    const which = running.rows[0] ? `Run ${running.rows[0].id}` : 'A run';
    throw new ConflictError(
      `${which} of "${code}" is going on; wait for its end, or pause the source, and ask again.`,
      {
        retryable: true,
      },
    );
  }
  await work();
  await sql`delete from sync_run where id = ${lock.id}`.execute(db);
}

async function forget(em: EntityManager, code: string, stream: string | null): Promise<void> {
  const db = em.getKysely();
  const forgotten = await sql`delete from checkpoint
    where source_id = ${code} and (${stream}::text is null or stream = ${stream}) returning stream`.execute(db);
  if (stream === null || forgotten.rows.length > 0) return;
  const there = await sql<{ stream: string }>`select stream from checkpoint
    where source_id = ${code} order by stream`.execute(db);
  const names = there.rows.map((row) => row.stream).join(', ') || 'none';
  throw new BadUserInputError(`"${code}" has no checkpoint of a stream "${stream}"; there is ${names}.`, {
    path: ['stream'],
  });
}
