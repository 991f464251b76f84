import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { SOURCE_CHANNEL } from '../../database/channels.ts';
import { BadUserInputError } from '../../errors/index.ts';

const MAX_REASON_LENGTH = 2_000;

export type SourceActionName =
  | 'PAUSE'
  | 'RESUME'
  | 'RUN'
  | 'BACKFILL'
  | 'REPLAY'
  | 'REPLAY_REJECTIONS'
  | 'RESET_CHECKPOINT'
  | 'SETTLE_NOTICE';

export interface SourceActionRecord {
  readonly sourceId: string;
  readonly action: SourceActionName;
  readonly arguments: Json;
  readonly reason: string;
  /** The id of a key, or who sat at the command line. */
  readonly by: string;
  readonly at: Date;
  /** The run that it began or joined. */
  readonly runId: number | null;
}

/** Records who did what to a source and why, in the transaction that does it; gives the number of the record. */
export async function recordAction(em: EntityManager, record: SourceActionRecord): Promise<number> {
  const { sourceId, action, reason, by, at, runId } = record;
  const inserted = await sql<{ id: number }>`
    insert into source_action (source_id, action, arguments, reason, made_by, made_at, run_id)
    values (${sourceId}, ${action}, ${JSON.stringify(record.arguments)}::jsonb, ${reason}, ${by}, ${at}, ${runId})
    returning id`.execute(em.getKysely());
  await tellOfSource(em, sourceId);
  return (inserted.rows[0] as { id: number }).id;
}

/** Wakes who follows the sources, once the transaction is committed. */
export async function tellOfSource(em: EntityManager, sourceId: string): Promise<void> {
  await sql`select pg_notify(${SOURCE_CHANNEL}, ${sourceId})`.execute(em.getKysely());
}

/** The reason as it is kept. Throws BAD_USER_INPUT for one that says nothing or cannot be stored. */
export function requireReason(given: string): string {
  const reason = given.normalize('NFC').trim();
  const isGood = reason.length > 0 && reason.length <= MAX_REASON_LENGTH;
  if (isGood && reason.isWellFormed() && !reason.includes('\0')) return reason;
  throw new BadUserInputError(`Say why, in at most ${MAX_REASON_LENGTH} characters.`, { path: ['reason'] });
}
