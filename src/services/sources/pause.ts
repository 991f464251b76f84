import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { ConflictError } from '../../errors/index.ts';
import type { Reading } from '../reading/reading.ts';
import {
  actOnSource,
  type SourceActionParts,
  type SourceActionRequest,
  type SourceActionResult,
} from './act-on-source.ts';

/**
 * Leaves a source unread, through restarts, until it is resumed: its schedule goes on and does nothing, and what it sends
 * by itself is refused, to be sent again later. A run that is going on ends by itself, and an operator may still ask for
 * one.
 */
export function pauseSource(
  reading: Reading,
  request: SourceActionRequest,
  { database }: Pick<SourceActionParts, 'database'>,
): Promise<SourceActionResult> {
  return actOnSource(reading, request, {
    name: 'PAUSE',
    kinds: ['pull', 'push'],
    perform: ({ code, now, record }) =>
      database.fork().transactional(async (em) => {
        const db = em.getKysely();
        const paused = await sql`update source set paused_at = ${now}
          where id = ${code} and enabled and paused_at is null returning id`.execute(db);
        if (paused.rows.length === 0) throw await notPausable(em as EntityManager, code);
        await record(em as EntityManager, null);
        return null;
      }),
  });
}

async function notPausable(em: EntityManager, code: string): Promise<ConflictError> {
  const found = await sql<{ pausedAt: Date | null }>`select paused_at as "pausedAt" from source
    where id = ${code}`.execute(em.getKysely());
  const pausedAt = found.rows[0]?.pausedAt;
  return new ConflictError(
    pausedAt
      ? `"${code}" is paused already, since ${pausedAt.toISOString()}.`
      : `The source "${code}" is switched off: the sources file no longer names it.`,
  );
}

/** Lets a paused source be read on its schedule again, and reads it at once; or take what it sends again. */
export function resumeSource(
  reading: Reading,
  request: SourceActionRequest,
  { database, requestRun }: SourceActionParts,
): Promise<SourceActionResult> {
  return actOnSource(reading, request, {
    name: 'RESUME',
    kinds: ['pull', 'push'],
    perform: async ({ code, kind, by, record }) => {
      const resume = async (em: EntityManager, runId: number | null): Promise<void> => {
        const resumed = await sql`update source set paused_at = null
          where id = ${code} and paused_at is not null returning id`.execute(em.getKysely());
        if (resumed.rows.length === 0) throw new ConflictError(`"${code}" is not paused.`);
        await record(em, runId);
      };
      if (kind === 'pull') return requestRun(code, by, { record: resume });
      await database.fork().transactional((em) => resume(em as EntityManager, null));
      return null;
    },
  });
}
