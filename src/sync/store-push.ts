import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { DriftNote } from '../../connectors/kit/connector.ts';
import { PUSH_LABEL, type PushProblem } from '../../connectors/kit/push/push.ts';
import { storableJson } from '../../schema/kinds/storable-json.ts';
import { RUN_CHANNEL } from '../database/channels.ts';
import { ConflictError, UnavailableError } from '../errors/index.ts';
import { keepFresh } from '../unify/keep-fresh.ts';
import { type NoticeContext, noteDrift } from './notices.ts';
import type { PreparedPush } from './prepare-push.ts';
import {
  countDelivery,
  type DeliveryKey,
  findEarlier,
  insertReceipt,
  lockDelivery,
  type Receipt,
} from './push-receipts.ts';
import { type HashedAnswer, keepRawAnswer } from './raw/keep-raw-answer.ts';
import { keepRejections } from './rejections.ts';
import { NO_COUNTS, type RunCounts, sumCounts } from './run-counts.ts';
import { batchesOf, storeObservations } from './store-observations.ts';

export interface PushToStore {
  readonly id: string;
  readonly key: DeliveryKey;
  readonly contentType: string;
  readonly bytes: number;
  /** The stream whose statements these are. */
  readonly stream: string;
  readonly contractVersion: string;
  readonly prepared: PreparedPush;
  readonly drift: readonly DriftNote[];
  readonly worker: string;
  /** Of whom the key speaks that it was sent with; null for all. */
  readonly provinces: readonly string[] | null;
  /** What is kept of it, so that it can be read again by a mended mapping; none where nothing is kept. */
  readonly raw?: { readonly answer: HashedAnswer; readonly keptMs: number; readonly secrets: readonly string[] };
}

export interface PushTimes {
  /** Hub clock. */
  readonly now: Date;
  /** Hub clock, when it came; of two that come at once the later counts, whichever is stored first. */
  readonly receivedAt: Date;
  /** Domain clock: what has no time of its own counts as observed then. */
  readonly domainNow: Date;
}

export interface StoredPush {
  readonly receipt: Receipt;
  readonly isDuplicate: boolean;
}

/**
 * Stores a delivery: receipt, run record, rejections, observations and the change log, or nothing of it. Called inside
 * `em.transactional`. One that is known changes nothing but its count of deliveries, and
 * without an id of its own keeps fresh what it says.
 * @throws ConflictError for an event whose id is known with another content, UnavailableError for a source that is paused
 * or that no worker has registered yet.
 */
export async function storePush(em: EntityManager, push: PushToStore, times: PushTimes): Promise<StoredPush> {
  const { key, prepared } = push;
  await requireOpenSource(em, key.sourceId);
  await lockDelivery(em, key);
  const earlier = await findEarlier(em, key, times.now);
  if (earlier) return { receipt: await redelivered(em, earlier, push, times.now), isDuplicate: true };
  const runId = await beginRun(em, push, times.now);
  const rejecting = {
    sourceId: key.sourceId,
    runId,
    now: times.now,
    domainAt: times.domainNow,
    provinces: push.provinces,
  };
  await keepRejections(em, rejecting, prepared.rejections);
  await noteDrift(em, push.drift, noticeOf(push, times.now));
  await keepRaw(em, push, runId, times);
  const stored = await storeObservations(em, {
    sourceId: key.sourceId,
    runId,
    stream: push.stream,
    observations: prepared.observations,
    requestedAt: times.domainNow,
    recordedAt: times.now,
    toldAt: times.receivedAt,
  });
  const { read, rejections } = prepared;
  const counts = sumCounts({ ...NO_COUNTS, read, rejected: rejections.length }, stored);
  const isPartial = counts.rejected > 0;
  await endRun(em, runId, counts, isPartial ? 'PARTIAL' : 'SUCCEEDED');
  const { asked: _asked, ...told } = counts;
  const receipt: Receipt = {
    ...key,
    ...told,
    id: push.id,
    contentType: push.contentType,
    bytes: push.bytes,
    state: isPartial ? 'PARTIAL' : 'ACCEPTED',
    receivedAt: times.now,
    deliveries: 1,
    lastDeliveredAt: times.now,
    runId,
    problems: prepared.problems
      .slice(0, MAX_PROBLEMS)
      .map((problem) => storableJson(problem) as unknown as PushProblem),
    ignoredFields: push.drift.filter(({ kind }) => kind === 'NEW_FIELD').map(({ path }) => String(storableJson(path))),
  };
  await insertReceipt(em, receipt);
  return { receipt, isDuplicate: false };
}

/** Notes a delivery of which nothing could be taken, so that it shows on its source; keeps its first rejections. Gives what the run counts. */
export async function storeRefusal(
  em: EntityManager,
  push: Pick<PushToStore, 'key' | 'worker' | 'contractVersion' | 'drift'> & {
    readonly message: string;
    readonly prepared?: PreparedPush;
  },
  { now, domainNow }: Omit<PushTimes, 'receivedAt'>,
): Promise<RunCounts> {
  const runId = await beginRun(em, push, now);
  const rejections = (push.prepared?.rejections ?? []).slice(0, MAX_PROBLEMS);
  await keepRejections(em, { sourceId: push.key.sourceId, runId, now, domainAt: domainNow }, rejections);
  await noteDrift(em, push.drift, noticeOf(push, now));
  const counts = { ...NO_COUNTS, read: push.prepared?.read ?? 0, rejected: rejections.length };
  await endRun(em, runId, counts, 'FAILED', String(storableJson(push.message)));
  return counts;
}

const MAX_PROBLEMS = 100;

async function keepRaw(
  em: EntityManager,
  { key, raw, provinces }: PushToStore,
  runId: number,
  times: PushTimes,
): Promise<void> {
  if (!raw) return;
  const { answer, keptMs, secrets } = raw;
  const of = { sourceId: key.sourceId, runId, stream: PUSH_LABEL, keptMs, secrets, provinces };
  await keepRawAnswer(em, answer, { ...of, now: times.receivedAt, domainRequestedAt: times.domainNow });
}

/** Apart from what is noticed where the same source is asked: another contract holds there. */
function noticeOf({ key, contractVersion }: Pick<PushToStore, 'key' | 'contractVersion'>, now: Date): NoticeContext {
  return { sourceId: key.sourceId, stream: PUSH_LABEL, contractVersion, now };
}

async function requireOpenSource(em: EntityManager, sourceId: string): Promise<void> {
  const found = await sql<{ paused: boolean }>`select paused_at is not null as paused from source
    where id = ${sourceId} and enabled`.execute(em.getKysely());
  const source = found.rows[0];
  // A gateway may be up before the first worker has registered the sources.
  if (!source) throw new UnavailableError(`The source "${sourceId}"`);
  if (source.paused) throw new UnavailableError(`The source "${sourceId}", which an operator has paused,`);
}

async function redelivered(em: EntityManager, earlier: Receipt, push: PushToStore, now: Date): Promise<Receipt> {
  const { key, stream, prepared } = push;
  if (earlier.contentHash === key.contentHash) {
    // Without an id it is the sender who says it again, and not the network: what it says is as fresh as that.
    if (earlier.eventId === null) {
      const said = { sourceId: key.sourceId, stream, observations: prepared.observations };
      await keepFresh(em, batchesOf(said), now);
    }
    return countDelivery(em, earlier, now);
  }
  throw new ConflictError(
    `The event "${key.eventId}" came before with another content (receipt ${earlier.id}). Give each event an id of its own.`,
  );
}

/**
 * Not a running run: of those a source has one at a time, and pushes of it may come while it is asked. Nobody sees the
 * row before it is complete, since it is written in one transaction.
 */
async function beginRun(
  em: EntityManager,
  { key, worker }: Pick<PushToStore, 'key' | 'worker'>,
  now: Date,
): Promise<number> {
  const inserted = await sql<{ id: number }>`
    insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at, finished_at)
    values (${key.sourceId}, 'push', 'SUCCEEDED', ${worker}, ${now}, ${now}, ${now}) returning id`.execute(
    em.getKysely(),
  );
  return (inserted.rows[0] as { id: number }).id;
}

async function endRun(
  em: EntityManager,
  runId: number,
  counts: RunCounts,
  state: 'SUCCEEDED' | 'PARTIAL' | 'FAILED',
  message: string | null = null,
): Promise<void> {
  const code = message === null ? null : 'UPSTREAM_CONTRACT';
  await sql`update sync_run set state = ${state}, read = ${counts.read}, accepted = ${counts.accepted},
      unchanged = ${counts.unchanged}, rejected = ${counts.rejected}, changes = ${counts.changes},
      error_code = ${code}, error_message = ${message},
      error_retryable = ${message === null ? null : false} where id = ${runId}`.execute(em.getKysely());
  await sql`select pg_notify(${RUN_CHANNEL}, ${String(runId)})`.execute(em.getKysely());
}
