import type { EntityManager } from '@mikro-orm/postgresql';
import type { FactObservation, Measurement, Observation } from '../../schema/observation.ts';
import { type IngestResult, ingest } from '../unify/ingest.ts';
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
  const measurements: Measurement[] = [];
  const byVoice = new Map<string | undefined, FactObservation[]>();
  for (const observation of observations) {
    if (observation.class === 'measurement') measurements.push(observation);
    else if (byVoice.has(observation.voice)) byVoice.get(observation.voice)?.push(observation);
    else byVoice.set(observation.voice, [observation]);
  }
  const batches = [...byVoice].map(([voice, facts]) => ({
    sourceId: voiceSourceId(sourceId, voice),
    stream,
    observations: facts,
  }));
  const measured = measurements.length > 0 ? { measured: { sourceId, measurements } } : {};
  return ingest(em, { batches, ...measured, runId, requestedAt, recordedAt, seenAt, askedAt, toldAt });
}
