import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReadPage } from '../../connectors/kit/connector.ts';
import type { Observation } from '../../schema/observation.ts';
import { completeSnapshot } from '../unify/absence.ts';
import { saveCheckpoint } from './checkpoints.ts';
import { noteDrift } from './notices.ts';
import { type PreparationContext, prepareObservation } from './prepare-observation.ts';
import { type HashedAnswer, keepRawAnswer } from './raw/keep-raw-answer.ts';
import { keepRejections, type Rejection, settleRejections } from './rejections.ts';
import { NO_COUNTS, percentOf, type RunCounts, type RunStep, sumCounts } from './run-counts.ts';
import { RunLostError } from './run-failure.ts';
import { addCounts, type HeldRun, type RunProgress } from './run-record.ts';
import { statementRevision } from './statement-revision.ts';
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
  const { observations, rejections } = sortOut(page, { ...context, latestObservedAt: times.latestObservedAt });
  const { sourceId, runId, keptMs, secrets } = context;
  const { stream } = page;
  const { now, requestedAt, seenAt = now, askedAt = seenAt } = times;
  if (answer) {
    await keepRawAnswer(em, answer, { sourceId, runId, stream, now, domainRequestedAt: requestedAt, keptMs, secrets });
  }
  const unknown = await keepRejections(em, { sourceId, runId, now, domainAt: requestedAt, isReplay }, rejections);
  if (page.checkpoint !== undefined) await saveCheckpoint(em, { sourceId, stream, state: page.checkpoint, now });
  await noteDrift(em, page.drift, { sourceId, stream, contractVersion: context.contractVersionOf(stream), now });
  const told = { sourceId, runId, stream, observations, requestedAt, recordedAt: now, seenAt, askedAt };
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
  context: PageContext & PreparationContext,
): { observations: Observation[]; rejections: Rejection[] } {
  const observations: Observation[] = [];
  const rejections: Rejection[] = [...page.rejections];
  const contractVersion = context.contractVersionOf(page.stream);
  for (const observation of page.observations) {
    const prepared = prepareObservation(ranked(observation, contractVersion), context);
    if ('reason' in prepared) {
      rejections.push({ stream: page.stream, ...prepared, record: observation, contractVersion });
    } else {
      observations.push(prepared.observation);
    }
  }
  return { observations, rejections };
}

function ranked(observation: Observation, contractVersion: string): Observation {
  if (observation.class === 'measurement') return observation;
  return { ...observation, revision: statementRevision(observation, contractVersion) };
}
