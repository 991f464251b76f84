import type { EntityManager } from '@mikro-orm/postgresql';
import type { Measurement } from '../../schema/observation.ts';
import { type IngestResult, ingest } from '../../src/unify/ingest.ts';

export interface MeasurementBatch {
  readonly sourceId: string;
  readonly runId: number | null;
  /** Of any kinds. */
  readonly measurements: readonly Measurement[];
  /** Hub clock. */
  readonly recordedAt: Date;
}

/**
 * Appends measurements, in the transaction of the EntityManager, and logs what the hub now shows otherwise. The same
 * figures again, by entity, period and source, change nothing; other figures are a further row, and the newest counts.
 * Not together with `ingest` in one transaction: that takes measurements beside facts.
 */
export function ingestMeasurements(em: EntityManager, batch: MeasurementBatch): Promise<IngestResult> {
  const { sourceId, measurements, recordedAt, runId } = batch;
  return ingest(em, {
    batches: [],
    measured: { sourceId, measurements },
    requestedAt: recordedAt,
    recordedAt,
    runId,
  });
}
