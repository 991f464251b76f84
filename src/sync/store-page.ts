import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReadPage, ReadRecord } from '../../connectors/kit/connector.ts';
import type { Observation } from '../../schema/observation.ts';
import { completeSnapshot } from '../unify/absence.ts';
import { saveCheckpoint } from './checkpoints.ts';
import { judgeRecords } from './judge-records.ts';
import { noteDrift } from './notices.ts';
import { PeriodBound } from './period-bound.ts';
import type { PreparationContext } from './prepare-observation.ts';
import { type HashedAnswer, keepRawAnswer } from './raw/keep-raw-answer.ts';
import { keepRejections, type Rejection, settleRejections } from './rejections.ts';
import { NO_COUNTS, percentOf, type RunCounts, type RunStep, sumCounts } from './run-counts.ts';
import { RunLostError } from './run-failure.ts';
import { addCounts, type HeldRun, type RunProgress } from './run-record.ts';
import type { Scope } from './scopes.ts';
import { storeObservations } from './store-observations.ts';

export interface PageContext extends Omit<PreparationContext, 'latestObservedAt'> {
  readonly sourceId: string;
  readonly runId: number;
  /** The worker that has the run. */
  readonly worker: string;
  readonly contractVersionOf: (stream: string) => string;
  /** Whether a stream tells news, and not each time all that there is. */
  readonly isNews: (stream: string) => boolean;
  /** How long raw answers are kept; 0 keeps none. */
  readonly keptMs: number;
  /** Values of the source's credentials. */
  readonly secrets: readonly string[];
}

export interface PageTimes {
  /** Hub clock. */
  readonly now: Date;
  /** Domain clock, when the page was asked for. */
  readonly requestedAt: Date;
  /** Hub clock, when the source said it; default `now`. */
  readonly seenAt?: Date;
  /** Hub clock, when the page was asked for; default `seenAt`, null where it tells nothing of now. */
  readonly askedAt?: Date | null;
  readonly domainNow: Date;
  readonly latestObservedAt: Date;
}

export interface PageExtras {
  /** To be kept with the page; the first page of an answer has it. */
  readonly answer?: HashedAnswer | undefined;
  /** It was read before; what is rejected again stands there already. */
  readonly isReplay?: boolean;
  /** Records that are rejected beside those of the page, e.g. once more. */
  readonly rejected?: number;
}

/**
 * Stores a page: raw answer, rejections, checkpoint, what drifts, observations, measurements and counts, or nothing of
 * it. Called inside `em.transactional`, so that a worker killed at any point repeats this page at most.
 * @throws RunLostError if the run was given up meanwhile; the transaction then rolls back.
 */
export async function storePage(
  em: EntityManager,
  page: ReadPage,
  context: PageContext,
  times: PageTimes,
  { answer, isReplay = false, rejected = 0 }: PageExtras = {},
): Promise<RunStep> {
  const { observations, rejections } = sortOut(page, context, times.latestObservedAt);
  const { sourceId, runId, keptMs, secrets } = context;
  const { stream, lane = stream, provinces } = page;
  const { now, requestedAt, seenAt = now, askedAt = seenAt } = times;
  if (answer) {
    await keepRawAnswer(em, answer, { sourceId, runId, stream, now, domainRequestedAt: requestedAt, keptMs, secrets });
  }
  const unknown = await keepRejections(
    em,
    { sourceId, runId, now, domainAt: requestedAt, isReplay, provinces },
    rejections,
  );
  if (page.checkpoint !== undefined) await saveCheckpoint(em, { sourceId, stream, state: page.checkpoint, now });
  await noteDrift(em, page.drift, { sourceId, stream, contractVersion: context.contractVersionOf(stream), now });
  const clocks = { requestedAt, recordedAt: now, seenAt, askedAt, toldAt: page.requestedAt };
  const told = { sourceId, runId, stream: lane, observations, ...clocks };
  // Last, because it ends by taking the log lock: what comes after it keeps all other writers waiting.
  const stored = await storeObservations(em, told);
  // News that comes again is rejected again, which is told already; of a state every run says how much of it is lacking.
  const isTold = !isReplay && context.isNews(stream);
  const allRejected = rejected + (isTold ? unknown : rejections.length);
  const counts = sumCounts({ ...NO_COUNTS, asked: page.requests, read: page.read, rejected: allRejected }, stored);
  const percent = page.progress && percentOf(page.progress);
  await count(em, context, counts, now, { stream, pages: 1, bytes: page.raw?.body.bytes ?? 0, percent });
  return { ...counts, percent };
}

/**
 * Takes note of a complete snapshot of which nothing was rejected: what it does not name is absent, and what its stream
 * rejected before has been mended or is gone. In a transaction of its own after that of its last page: unifying locks the
 * entities of a transaction once. A kill between the two loses this one count of absences, which the next makes up for.
 */
export async function storeSnapshot(
  em: EntityManager,
  snapshot: NonNullable<ReadPage['snapshotComplete']>,
  { sourceId, runId, worker }: PageContext,
  times: PageTimes,
): Promise<RunCounts> {
  await settleRejections(em, {
    sourceId,
    runId,
    stream: snapshot.stream,
    startedAt: snapshot.startedAt,
    now: times.now,
  });
  const { changes } = await completeSnapshot(em, {
    ...snapshot,
    sourceId,
    runId,
    now: times.now,
    observedAt: times.domainNow,
  });
  const counts = { ...NO_COUNTS, changes };
  await count(em, { runId, worker }, counts, times.now, { stream: snapshot.stream, pages: 0, bytes: 0 });
  return counts;
}

async function count(
  em: EntityManager,
  run: HeldRun,
  counts: RunCounts,
  now: Date,
  progress: RunProgress,
): Promise<void> {
  if (!(await addCounts(em, run, counts, now, progress))) throw new RunLostError(run.runId);
}

/** What can be stored, and what cannot, with the reason. */
function sortOut(
  page: ReadPage,
  context: PageContext,
  latestObservedAt: Date,
): { observations: readonly Observation[]; rejections: Rejection[] } {
  const contractVersion = context.contractVersionOf(page.stream);
  const scopes: Scope[] = [...context.scopes];
  if (page.provinces) scopes.push({ of: 'key', provinces: page.provinces });
  const setting = { stream: page.stream, contractVersion, secrets: context.secrets };
  const judging = { ...context, latestObservedAt, scopes, contractVersion, periods: new PeriodBound() };
  const judged = judgeRecords(recordsOf(page), judging, setting);
  return { ...judged, rejections: [...page.rejections, ...judged.rejections] };
}

/** The records, with what of them is passed on. */
function recordsOf({ records, observations }: ReadPage): readonly ReadRecord[] {
  const passedOn = new Set(observations);
  const isAll = records.reduce((count, record) => count + record.observations.length, 0) === passedOn.size;
  if (isAll) return records;
  return records.map(({ record, observations: said }) => ({
    record,
    observations: said.filter((observation) => passedOn.has(observation)),
  }));
}
