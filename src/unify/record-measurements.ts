import type { Kysely } from 'kysely';
import { measurementKinds, timesOf } from '../../schema/kinds/measurements.ts';
import { measurementId } from '../../schema/measurement-id.ts';
import type { DossierStatisticsMeasurement } from '../../schema/observation.ts';
import type { AppendContext } from './append-measurements.ts';
import { appendDossiers } from './dossier-days.ts';
import { appendWithChanges } from './measured-changes.ts';
import { ensurePartitions } from './measurement-partitions.ts';
import { preparePendingChanges } from './pending-changes.ts';
import type { ToldMeasurement } from './told-rows.ts';

/** What one source measured, in one answer. */
export interface MeasuredBatch {
  readonly sourceId: string;
  /** Of any kinds. */
  readonly measurements: readonly ToldMeasurement[];
}

/**
 * Appends what is new or told otherwise than before, and adds the pending changes of it. What a source says again with
 * the same figures, or said before what it said last, adds nothing. The caller holds the locks on the entities ({@link loggedEntityId}).
 */
export async function recordMeasurements(
  db: Kysely<unknown>,
  batch: MeasuredBatch,
  context: Omit<AppendContext, 'sourceId'>,
): Promise<{ accepted: number; changes: number }> {
  if (batch.measurements.length === 0) return { accepted: 0, changes: 0 };
  await preparePendingChanges(db);
  const total = { accepted: 0, changes: 0 };
  const byKind = Map.groupBy(batch.measurements, ({ kind }) => kind);
  // Always in one order, since a new partition locks its table: two that make some must not wait for each other.
  for (const [name, all] of [...byKind].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const kind = measurementKinds[name];
    const told = lastOfEach(all);
    await ensurePartitions(
      db,
      kind,
      told.map((measurement) => timesOf(measurement)[0]?.[1].getTime() as number),
    );
    const options = { ...context, sourceId: batch.sourceId, offset: total.changes };
    const { accepted, changes } =
      name === 'dossierStatistics'
        ? await appendDossiers(db, told as DossierStatisticsMeasurement[], options)
        : await appendWithChanges(db, kind, told, options);
    total.accepted += accepted;
    total.changes += changes;
  }
  return total;
}

/** Of what an answer says twice, the later counts: it is what the upstream would say if it were asked again. */
function lastOfEach(measurements: readonly ToldMeasurement[]): readonly ToldMeasurement[] {
  const last = new Map<string, ToldMeasurement>();
  for (const measurement of measurements) last.set(measurementId(measurement), measurement);
  return last.size === measurements.length ? measurements : [...last.values()];
}
