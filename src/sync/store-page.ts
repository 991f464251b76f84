import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReadPage } from '../../connectors/kit/connector.ts';
import type { FactObservation, Measurement, Observation } from '../../schema/observation.ts';
import { completeSnapshot } from '../unify/absence.ts';
import { ingest } from '../unify/ingest.ts';
import { ingestMeasurements } from '../unify/ingest-measurements.ts';
import { saveCheckpoint } from './checkpoints.ts';
import { voiceSourceId } from './configured-source.ts';
import { type PreparationContext, prepareObservation } from './prepare-observation.ts';
import { insertRejections, type Rejection } from './rejections.ts';
import { NO_COUNTS, type RunCounts, sumCounts } from './run-counts.ts';
import { RunLostError } from './run-failure.ts';
import { addCounts } from './run-record.ts';

export interface PageContext extends Omit<PreparationContext, 'latestObservedAt'> {
  readonly sourceId: string;
  readonly runId: number;
  readonly contractVersionOf: (stream: string) => string;
}

export interface PageTimes {
  /** Hub clock. */
  readonly now: Date;
  /** Domain clock, when the page was asked for. */
  readonly requestedAt: Date;
  readonly domainNow: Date;
  readonly latestObservedAt: Date;
}

/**
 * Stores a page: observations, measurements, rejections, checkpoint and counts, or nothing of it. Called inside
 * `em.transactional`, so that a worker killed at any point repeats this page at most.
 * @throws RunLostError if the run was given up meanwhile; the transaction then rolls back.
 */
export async function storePage(
  em: EntityManager,
  page: ReadPage,
  context: PageContext,
  times: PageTimes,
): Promise<RunCounts> {
  const { facts, measurements, rejections } = sortOut(page, { ...context, latestObservedAt: times.latestObservedAt });
  const { sourceId, runId } = context;
  const { stream } = page;
  let counts: RunCounts = { ...NO_COUNTS, asked: page.requests, read: page.read, rejected: rejections.length };
  await insertRejections(em, { sourceId, runId, now: times.now }, rejections);
  if (page.checkpoint !== undefined) {
    await saveCheckpoint(em, { sourceId, stream, state: page.checkpoint, now: times.now });
  }
  if (measurements.length > 0) {
    const measured = await ingestMeasurements(em, { sourceId, runId, measurements, recordedAt: times.now });
    counts = sumCounts(counts, measured);
  }
  // Last, because it ends by taking the log lock: what comes after it keeps all other writers waiting.
  if (facts.size > 0) {
    const batches = [...facts].map(([voice, observations]) => ({
      sourceId: voiceSourceId(sourceId, voice),
      stream,
      observations,
    }));
    counts = sumCounts(
      counts,
      await ingest(em, { batches, runId, requestedAt: times.requestedAt, recordedAt: times.now }),
    );
  }
  await count(em, runId, counts, times.now);
  return counts;
}

/**
 * Takes note of a complete snapshot, in a transaction of its own after that of its last page: unifying locks the
 * entities of a transaction once. A kill between the two loses this one count of absences, which the next makes up for.
 */
export async function storeSnapshot(
  em: EntityManager,
  snapshot: NonNullable<ReadPage['snapshotComplete']>,
  { sourceId, runId }: PageContext,
  times: PageTimes,
): Promise<RunCounts> {
  const { changes } = await completeSnapshot(em, {
    ...snapshot,
    sourceId,
    runId,
    now: times.now,
    observedAt: times.domainNow,
  });
  const counts = { ...NO_COUNTS, changes };
  await count(em, runId, counts, times.now);
  return counts;
}

async function count(em: EntityManager, runId: number, counts: RunCounts, now: Date): Promise<void> {
  if (!(await addCounts(em, runId, counts, now))) throw new RunLostError(runId);
}

interface SortedPage {
  /** By voice; undefined is the source's own. */
  readonly facts: Map<string | undefined, FactObservation[]>;
  readonly measurements: Measurement[];
  readonly rejections: Rejection[];
}

/** What can be stored, by voice, and what cannot, with the reason. */
function sortOut(page: ReadPage, context: PageContext & PreparationContext): SortedPage {
  const facts = new Map<string | undefined, FactObservation[]>();
  const measurements: Measurement[] = [];
  const rejections: Rejection[] = [...page.rejections];
  for (const observation of page.observations) {
    const prepared = prepareObservation(observation, context);
    if ('reason' in prepared) {
      const contractVersion = context.contractVersionOf(page.stream);
      rejections.push({ stream: page.stream, ...prepared, record: observation, contractVersion });
    } else if (prepared.observation.class === 'measurement') {
      measurements.push(prepared.observation);
    } else {
      pushTo(facts, prepared.observation.voice, prepared.observation);
    }
  }
  return { facts, measurements, rejections };
}

function pushTo<Key, Value extends Observation>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
