import type { EntityManager } from '@mikro-orm/postgresql';
import type { FactObservation, Measurement, Observation } from '../../schema/observation.ts';
import { type IngestResult, ingest, type SourceBatch } from '../unify/ingest.ts';
import { voiceSourceId } from './configured-source.ts';

export interface ObservationsToStore {
  readonly sourceId: string;
  readonly runId: number;
  readonly stream: string;
  /** Prepared, of any kinds and voices. */
  readonly observations: readonly Observation[];
  /** Domain clock; stands in where the upstream gave no time. */
  readonly requestedAt: Date;
  /** Hub clock. */
  readonly recordedAt: Date;
  /** Hub clock, when the source said it; default `recordedAt`. */
  readonly seenAt?: Date;
  /** Hub clock, when it was asked for; default `seenAt`, null where it tells nothing of now. */
  readonly askedAt?: Date | null;
  /** Hub clock, when what was measured was told; default `seenAt`. */
  readonly toldAt?: Date;
}

/**
 * Stores what a source said and measured, and logs it in one block. In the transaction of the EntityManager, once and
 * last in it: it ends by taking the log lock, and what comes after it keeps all other writers waiting.
 */
export async function storeObservations(
  em: EntityManager,
  {
    sourceId,
    runId,
    stream,
    observations,
    requestedAt,
    recordedAt,
    seenAt = recordedAt,
    askedAt = seenAt,
    toldAt = seenAt,
  }: ObservationsToStore,
): Promise<Omit<IngestResult, 'lastSeq'>> {
  if (observations.length === 0) return { accepted: 0, unchanged: 0, changes: 0 };
  const measurements = observations.filter((one): one is Measurement => one.class === 'measurement');
  const batches = batchesOf({ sourceId, stream, observations });
  const measured = measurements.length > 0 ? { measured: { sourceId, measurements } } : {};
  return ingest(em, { batches, ...measured, runId, requestedAt, recordedAt, seenAt, askedAt, toldAt });
}

/** The facts of some observations, by whose voice they are. */
export function batchesOf({
  sourceId,
  stream,
  observations,
}: Pick<ObservationsToStore, 'sourceId' | 'stream' | 'observations'>): SourceBatch[] {
  const facts = observations.filter((one): one is FactObservation => one.class === 'fact');
  return [...Map.groupBy(facts, ({ voice }) => voice)].map(([voice, said]) => ({
    sourceId: voiceSourceId(sourceId, voice),
    stream,
    observations: said,
  }));
}
