import type { MeasurementKind } from '../../../schema/kinds/measurement-kind.ts';
import { findMeasurementKind, type MeasurementKindName } from '../../../schema/kinds/measurements.ts';
import { partsOfMeasurementId } from '../../../schema/measurement-id.ts';
import { NOW } from './clocks.ts';
import { type DossierDayView, partsOfDayKey, toDossierDayView } from './dossiers.ts';
import { type MeasuredView, toMeasuredView } from './measured.ts';

type Side = Readonly<Record<string, unknown>>;

interface MeasuredChange {
  readonly entityKind: string;
  readonly entityKey: string;
  readonly before: Side | null;
  readonly after: Side | null;
  readonly at: Date;
  readonly runNumber: number | null;
}

/**
 * What a change of measurements is about, as it is after it; made of the change alone. The log has figures, source and what of
 * the detail people see; codes and moments stand in the key, and the change itself is when the hub was told.
 */
export function measuredOfChange(change: MeasuredChange): MeasuredView | DossierDayView {
  const { entityKind, entityKey: id, at, runNumber } = change;
  const side = change.after ?? change.before ?? {};
  const source = String(side.source);
  if (entityKind === 'dossierStatistics') {
    const parts = partsOfDayKey(id) ?? { province: '', day: at };
    return toDossierDayView({ ...(side as never as DossierDayView), ...parts, id, source, updatedAt: at });
  }
  const name = entityKind as MeasurementKindName;
  const origin = { document: null, simulated: false, inferred: false, recordedAt: at, run: runNumber };
  return toMeasuredView(name, { ...origin, ...side, ...keyOfMeasured(name, id), id, source }, NOW);
}

/** Codes and moments of a key, by name. */
export function keyOfMeasured(name: MeasurementKindName, id: string): Record<string, string | Date> {
  const kind = findMeasurementKind(name) as MeasurementKind;
  const { codes, times } = partsOfMeasurementId(name, id) ?? { codes: {}, times: [] };
  return { ...codes, ...Object.fromEntries(kind.times.map((time, index) => [time, times[index] as Date])) };
}
