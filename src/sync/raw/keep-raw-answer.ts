import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { RawAnswer } from '../../../connectors/kit/connector.ts';
import { redactRecord } from '../../../connectors/kit/redact.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { storableJson } from '../../../schema/kinds/storable-json.ts';
import { compress } from './compression.ts';
import { MAX_KEPT_ANSWER_BYTES } from './raw-limits.ts';

export interface RawContext {
  readonly sourceId: string;
  readonly runId: number;
  readonly stream: string;
  /** Hub clock, when the answer was stored; of a delivery, when it came. */
  readonly now: Date;
  /** Of whom the key spoke that it was sent with; null for all. */
  readonly provinces?: readonly string[] | null;
  readonly domainRequestedAt: Date;
  readonly keptMs: number;
  /** Values of the source's credentials: none of them is stored, wherever a request holds it. */
  readonly secrets: readonly string[];
}

/** A raw answer and what is reckoned of it before the transaction that keeps it. */
export interface HashedAnswer {
  readonly raw: RawAnswer;
  /** SHA-256 of the body. */
  readonly hash: string;
}

export async function hashAnswer(raw: RawAnswer): Promise<HashedAnswer> {
  const hash = createHash('sha256');
  for await (const chunk of raw.body.chunks()) hash.update(chunk);
  return { raw, hash: hash.digest('base64') };
}

/**
 * Keeps an answer, compressed, in the transaction of its page. The same answer to the same request again is no further
 * row: the one there is was given until now. Called before anything takes the log lock, since it may take a while.
 */
export async function keepRawAnswer(em: EntityManager, answer: HashedAnswer, context: RawContext): Promise<void> {
  const request = storableJson(redactRecord(answer.raw.request as unknown as Json, context.secrets)) as Json;
  const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('base64');
  if (await repeatLast(em, answer, requestHash, context)) return;
  const { bytes } = answer.raw.body;
  const isKept = bytes <= MAX_KEPT_ANSWER_BYTES;
  const id = await insertAnswer(em, { answer, request, requestHash, isKept }, context);
  if (!isKept) return;
  let keptBytes = 0;
  let nth = 0;
  for await (const part of compress(answer.raw.body.chunks())) {
    await sql`insert into raw_answer_part (answer_id, nth, body) values (${id}, ${nth}, ${part})`.execute(
      em.getKysely(),
    );
    keptBytes += part.length;
    nth += 1;
  }
  await sql`update raw_answer set kept_bytes = ${keptBytes} where id = ${id}`.execute(em.getKysely());
}

/** Whether the last answer to the request was this one too; then it was given until now. */
async function repeatLast(
  em: EntityManager,
  { hash }: HashedAnswer,
  requestHash: string,
  context: RawContext,
): Promise<boolean> {
  const repeated = await sql`
    with last as (
      select id, hash from raw_answer
      where source_id = ${context.sourceId} and stream = ${context.stream} and request_hash = ${requestHash}
      order by id desc limit 1
    )
    update raw_answer set last_seen_at = ${context.now}, domain_last_at = ${context.domainRequestedAt},
      until = ${untilOf(context)}
    from last where raw_answer.id = last.id and last.hash = ${hash} returning 1`.execute(em.getKysely());
  return repeated.rows.length > 0;
}

async function insertAnswer(
  em: EntityManager,
  row: { answer: HashedAnswer; request: Json; requestHash: string; isKept: boolean },
  context: RawContext,
): Promise<number> {
  const { answer, request, requestHash, isKept } = row;
  const headers = JSON.stringify(storableJson(answer.raw.headers as Json));
  const inserted = await sql<{ id: number }>`
    insert into raw_answer (source_id, run_id, stream, request, request_hash, headers, hash, bytes, kept_bytes, is_kept,
      domain_requested_at, domain_last_at, first_seen_at, last_seen_at, until,
      provinces)
    values (${context.sourceId}, ${context.runId}, ${context.stream}, ${JSON.stringify(request)}::jsonb, ${requestHash},
      ${headers}::jsonb, ${answer.hash}, ${answer.raw.body.bytes}, 0, ${isKept},
      ${context.domainRequestedAt}, ${context.domainRequestedAt}, ${context.now}, ${context.now}, ${untilOf(context)},
      ${context.provinces ? [...context.provinces] : null}::text[])
    returning id`.execute(em.getKysely());
  return (inserted.rows[0] as { id: number }).id;
}

const untilOf = ({ now, keptMs }: RawContext): Date => new Date(now.getTime() + keptMs);
