import { createHash } from 'node:crypto';
import type { DriftNote } from '../../connectors/kit/connector.ts';
import { AnswerBody } from '../../connectors/kit/http/answer-body.ts';
import type {
  ConnectorPush,
  PushContext,
  PushDelivery,
  ReceivedPush,
  VerifiedPush,
} from '../../connectors/kit/push/push.ts';
import { PushError } from '../../connectors/kit/push/push-error.ts';
import type { Database } from '../database/open-database.ts';
import { LimitError, PushRefusedError, UnauthenticatedError } from '../errors/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { type PreparedPush, preparePush } from './prepare-push.ts';
import { type HashedAnswer, hashAnswer } from './raw/keep-raw-answer.ts';
import { NOTHING_KEPT, type RawLimits } from './raw/raw-limits.ts';
import { loadReferenceCodes } from './reference-codes.ts';
import type { RunCounts } from './run-counts.ts';
import { inTransaction, keptMsOf, latestObservedAt, scopesOf } from './run-parts.ts';
import type { Scope } from './scopes.ts';
import { type PushToStore, type StoredPush, storePush, storeRefusal } from './store-push.ts';

export interface PushDependencies {
  readonly database: Pick<Database, 'fork'>;
  /** Of the hub. */
  readonly clock: Clock;
  readonly domainClock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
  /** Who takes it, for the run record. */
  readonly worker: string;
  /** What is kept of deliveries as they came. Default: nothing. */
  readonly raw?: RawLimits;
  /** Called once a delivery is stored, or its refusal, on which something was noticed; for metrics. */
  readonly onDrift?: (sourceId: string, drift: readonly DriftNote[]) => void;
  /** Called once a run is stored; a redelivery is none. */
  readonly onRunEnd?: (sourceId: string, run: PushedRun, seconds: number) => void;
}

/** What became of a delivery, as a run. */
export interface PushedRun {
  readonly state: 'SUCCEEDED' | 'PARTIAL' | 'FAILED';
  readonly counts: RunCounts;
}

export interface PushSender {
  /** The id of the key that pushes; empty where the sender signs. */
  readonly sender: string;
  /** Codes of the provinces that it may speak of; null for all. */
  readonly provinces: readonly string[] | null;
}

export interface PushRequest {
  readonly source: ConfiguredSource;
  readonly push: ConnectorPush;
  readonly delivery: PushDelivery;
  readonly sender: PushSender;
  /** Default: its signature is checked now. */
  readonly verified?: VerifiedPush | undefined;
  /** The header `Idempotency-Key`; an id of the event itself goes before it. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * Takes one delivery: reads it, checks everything it says, and stores it in one transaction, once. Whoever sends it again
 * gets the receipt of the first time.
 * @throws UnauthenticatedError for a signature that is wrong or too old, PushRefusedError with all that is wrong with it,
 * ConflictError for an event of a known id with another content, UnavailableError where nothing can be stored just now.
 */
export async function receivePush(dependencies: PushDependencies, request: PushRequest): Promise<StoredPush> {
  const { database, clock, domainClock } = dependencies;
  const { source, push, delivery, sender } = request;
  const received = await readDelivery(dependencies, request);
  const domainNow = domainClock.now();
  const receivedAt = clock.now();
  const secrets = Object.values(source.credentials);
  const ofKey: Scope[] = sender.provinces ? [{ of: 'key', provinces: sender.provinces }] : [];
  const prepared = preparePush(received, {
    references: await loadReferenceCodes(database.fork()),
    latestObservedAt: latestObservedAt(domainNow),
    voices: new Set(Object.keys(source.definition.voices)),
    scopes: [...scopesOf(source), ...ofKey],
    contractVersion: push.spec.contractVersion,
    receivedAt,
    secrets,
  });
  const isRefused = prepared.problems.length > 0 && (push.spec.isAllOrNothing || prepared.observations.length === 0);
  if (isRefused) throw await refuseRecords(dependencies, request, prepared, received.drift);
  const id = dependencies.newId();
  const keptMs = keptMsOf(source, dependencies.raw ?? NOTHING_KEPT);
  const toStore: PushToStore = {
    id,
    ...(keptMs > 0 && {
      raw: { answer: await rawOf(request, id), keptMs, secrets },
    }),
    key: keyOf(request, received.eventId ?? request.idempotencyKey),
    contentType: delivery.contentType,
    bytes: delivery.rawBody.length,
    stream: push.spec.stream,
    contractVersion: push.spec.contractVersion,
    prepared,
    drift: received.drift,
    worker: dependencies.worker,
    provinces: sender.provinces,
  };
  const stored = await inTransaction(database, (em) =>
    storePush(em, toStore, { now: clock.now(), receivedAt, domainNow }),
  );
  const { state } = stored.receipt;
  const run: PushedRun = {
    state: state === 'PARTIAL' ? 'PARTIAL' : 'SUCCEEDED',
    counts: { ...stored.receipt, asked: 0 },
  };
  if (!stored.isDuplicate) tell(dependencies, toStore.key.sourceId, received.drift, run, receivedAt);
  return stored;
}

function tell(
  { onDrift, onRunEnd, clock }: PushDependencies,
  sourceId: string,
  drift: readonly DriftNote[],
  run: PushedRun,
  since: Date,
): void {
  if (drift.length > 0) onDrift?.(sourceId, drift);
  onRunEnd?.(sourceId, run, Math.max(0, clock.now().getTime() - since.getTime()) / 1_000);
}

/** The context in which a source's deliveries are read. */
export function pushContext(
  { clock, domainClock }: Pick<PushDependencies, 'clock' | 'domainClock'>,
  { definition, credentials }: ConfiguredSource,
): PushContext {
  const { id, config, scope } = definition;
  return { source: { id, config, ...(scope && { scope }) }, credentials, clock, domainClock };
}

async function readDelivery(dependencies: PushDependencies, request: PushRequest): Promise<ReceivedPush> {
  const { source, push, delivery, verified } = request;
  try {
    return push.receive(delivery, pushContext(dependencies, source), verified);
  } catch (error) {
    if (!(error instanceof PushError)) throw error;
    if (error.code === 'UNAUTHENTICATED') throw new UnauthenticatedError(error.message);
    if (error.code === 'TOO_LARGE') {
      const details = { limit: push.spec.maxBytes, requested: delivery.rawBody.length };
      throw new LimitError('LIMIT_DOCUMENT_SIZE', error.message, details);
    }
    if (error.code === 'UNSUPPORTED') throw new PushRefusedError('media-type', error.message);
    await noteRefusal(dependencies, request, error.message);
    throw new PushRefusedError('unreadable', error.message, error.problems, { cause: error });
  }
}

async function refuseRecords(
  dependencies: PushDependencies,
  request: PushRequest,
  prepared: PreparedPush,
  drift: ReceivedPush['drift'],
): Promise<PushRefusedError> {
  const wrong = new Set(prepared.problems.map(({ row }) => row)).size;
  const message = `Nothing was taken: ${wrong} of ${prepared.read} records ${wrong === 1 ? 'is' : 'are'} wrong.`;
  await noteRefusal(dependencies, request, message, { prepared, drift });
  return new PushRefusedError('records', message, prepared.problems);
}

/**
 * A machine that sends what cannot be read reads no answers either, so its source shows it. People who send with a key
 * see the answer, and mend it.
 */
async function noteRefusal(
  dependencies: PushDependencies,
  request: PushRequest,
  message: string,
  read: { readonly prepared?: PreparedPush; readonly drift: ReceivedPush['drift'] } = { drift: [] },
): Promise<void> {
  const { database, clock, domainClock, logger, worker } = dependencies;
  const { source, push } = request;
  logger.info({ source: source.definition.id, reason: message }, 'a delivery was refused');
  if (push.spec.authentication !== 'signature') return;
  const key = keyOf(request, undefined);
  const refusal = { ...read, key, worker, message, contractVersion: push.spec.contractVersion };
  try {
    const now = clock.now();
    const counts = await inTransaction(database, (em) =>
      storeRefusal(em, refusal, { now, domainNow: domainClock.now() }),
    );
    tell(dependencies, key.sourceId, read.drift, { state: 'FAILED', counts }, now);
  } catch (error) {
    logger.warn({ source: key.sourceId, reason: (error as Error).message }, 'a refusal could not be recorded');
  }
}

/** Each delivery is a request of its own: none takes the place of another. */
function rawOf({ source, delivery: { contentType, rawBody } }: PushRequest, id: string): Promise<HashedAnswer> {
  const path = `/ingest/${source.definition.id}/receipts/${id}`;
  return hashAnswer({
    request: { method: 'POST', path },
    headers: { 'content-type': contentType },
    body: AnswerBody.of(rawBody),
  });
}

function keyOf({ source, sender, delivery }: PushRequest, eventId: string | undefined): PushToStore['key'] {
  const contentHash = createHash('sha256').update(delivery.contentType).update('\n').update(delivery.rawBody);
  return {
    sourceId: source.definition.id,
    sender: sender.sender,
    eventId: eventId ?? null,
    contentHash: contentHash.digest('hex'),
  };
}
