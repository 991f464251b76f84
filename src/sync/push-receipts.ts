import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { PushProblem } from '../../connectors/kit/push/push.ts';
import { isStorableText } from '../../schema/kinds/storable-json.ts';
import type { RunCounts } from './run-counts.ts';

/** PARTIAL: some records were rejected. */
export type ReceiptState = 'ACCEPTED' | 'PARTIAL';
type ReceiptCounts = Omit<RunCounts, 'asked'>;

/** What the hub keeps of a delivery that it took. */
export interface Receipt extends ReceiptCounts {
  readonly id: string;
  readonly sourceId: string;
  /** The id of the key that pushed; empty where the sender signs. */
  readonly sender: string;
  readonly eventId: string | null;
  readonly contentHash: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly state: ReceiptState;
  readonly receivedAt: Date;
  /** How often it was delivered, and when last. */
  readonly deliveries: number;
  readonly lastDeliveredAt: Date;
  readonly runId: number;
  readonly problems: readonly PushProblem[];
  /** Fields that the hub does not know, and did not read. */
  readonly ignoredFields: readonly string[];
}

export type DeliveryKey = Pick<Receipt, 'sourceId' | 'sender' | 'eventId' | 'contentHash'>;

/**
 * How long the same content, without an id, counts as the same delivery. Later it is said anew: a report of today that
 * equals yesterday's is news of today, and keeps what it says fresh.
 */
const SAME_CONTENT_MS = 10 * 60_000;

const columns = sql`id, source_id as "sourceId", sender, event_id as "eventId", content_hash as "contentHash",
  content_type as "contentType", bytes, state, received_at as "receivedAt", deliveries,
  last_delivered_at as "lastDeliveredAt", run_id as "runId", read, accepted, unchanged, rejected, changes, problems,
  ignored_fields as "ignoredFields"`;

/** Lets one delivery of an event in at a time, until the transaction ends: who comes second finds what the first left. */
export async function lockDelivery(em: EntityManager, key: DeliveryKey): Promise<void> {
  const name = [key.sourceId, key.sender, key.eventId ?? `content ${key.contentHash}`].join('\n');
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(em.getKysely());
}

/**
 * The receipt of an earlier delivery of the same event; without an id, that of the sender's last delivery, where it has
 * the same content and is recent. The content of one that is found by its id may differ: that is for the caller.
 */
export async function findEarlier(em: EntityManager, key: DeliveryKey, now: Date): Promise<Receipt | null> {
  const { sourceId, sender, eventId, contentHash } = key;
  if (eventId !== null) {
    const found = await sql<Receipt>`select ${columns} from receipt
      where source_id = ${sourceId} and sender = ${sender} and event_id = ${eventId}`.execute(em.getKysely());
    return found.rows[0] ?? null;
  }
  const found = await sql<Receipt>`select ${columns} from receipt
    where source_id = ${sourceId} and sender = ${sender} order by received_at desc, run_id desc limit 1`.execute(
    em.getKysely(),
  );
  const last = found.rows[0];
  const since = now.getTime() - SAME_CONTENT_MS;
  const isSame = last?.eventId === null && last.contentHash === contentHash && last.receivedAt.getTime() > since;
  return isSame ? last : null;
}

export async function insertReceipt(em: EntityManager, receipt: Receipt): Promise<void> {
  await sql`insert into receipt (id, source_id, sender, event_id, content_hash, content_type, bytes, state, received_at,
      deliveries, last_delivered_at, run_id, read, accepted, unchanged, rejected, changes, problems, ignored_fields)
    values (${receipt.id}, ${receipt.sourceId}, ${receipt.sender}, ${receipt.eventId}, ${receipt.contentHash},
      ${receipt.contentType}, ${receipt.bytes}, ${receipt.state}, ${receipt.receivedAt}, ${receipt.deliveries},
      ${receipt.lastDeliveredAt}, ${receipt.runId}, ${receipt.read}, ${receipt.accepted}, ${receipt.unchanged},
      ${receipt.rejected}, ${receipt.changes}, ${JSON.stringify(receipt.problems)}::jsonb,
      ${[...receipt.ignoredFields]})`.execute(em.getKysely());
}

/** Notes a redelivery; gives the receipt as it is then. */
export async function countDelivery(em: EntityManager, receipt: Receipt, now: Date): Promise<Receipt> {
  const counted = await sql<Receipt>`update receipt set deliveries = deliveries + 1, last_delivered_at = ${now}
    where id = ${receipt.id} returning ${columns}`.execute(em.getKysely());
  return counted.rows[0] ?? receipt;
}

export async function findReceipt(em: EntityManager, sourceId: string, id: string): Promise<Receipt | null> {
  if (!isStorableText(id)) return null;
  const found = await sql<Receipt>`select ${columns} from receipt
    where source_id = ${sourceId} and id = ${id}`.execute(em.getKysely());
  return found.rows[0] ?? null;
}

/** Removes receipts by which nobody will redeliver any more; gives how many. */
export async function removeReceipts(em: EntityManager, receivedBefore: Date): Promise<number> {
  const removed = await sql`delete from receipt where received_at < ${receivedBefore}`.execute(em.getKysely());
  return Number(removed.numAffectedRows ?? 0);
}
