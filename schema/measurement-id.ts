import type { MeasurementKind } from './kinds/measurement-kind.ts';
import { type MeasurementKindName, measurementKinds } from './kinds/measurements.ts';
import type { Measurement } from './observation.ts';

/** Asia/Ho_Chi_Minh has had one offset and no summer time since 1975. */
const LOCAL_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** The local day that begins at a moment, `YYYY-MM-DD`. */
export function dayText(day: Date): string {
  return new Date(day.getTime() + LOCAL_OFFSET_MS).toISOString().slice(0, 10);
}

export function isBeginningOfDay(moment: Date): boolean {
  return (moment.getTime() + LOCAL_OFFSET_MS) % DAY_MS === 0;
}

/** What a measurement is of, without its source: the codes and the moments (milliseconds), joined by `:`. */
export function measurementId(measurement: Measurement): string {
  const kind: MeasurementKind = measurementKinds[measurement.kind];
  const codes = measurement.key as Readonly<Record<string, string | undefined>>;
  const moments = measurement as unknown as Readonly<Record<string, Date>>;
  // Joined by hand: this is done for each of millions.
  let id = '';
  for (const part of kind.key) id += `${codes[part] ?? ''}:`;
  for (const time of kind.times) id += `${moments[time]?.getTime()}:`;
  return id.slice(0, -1);
}

/**
 * The entity of the change log that a measurement belongs to: itself, or for dossiers the day of a province
 * (`01:2025-06-27`), since there are a hundred thousand of them in one.
 */
export function loggedEntityId(measurement: Measurement): string {
  if (measurement.kind !== 'dossierStatistics') return measurementId(measurement);
  return `${measurement.key.province}:${dayText(measurement.day)}`;
}

/** Whether two measurements certainly belong to one entity of the log; false where it would have to be worked out. */
export function isOfSameEntity(one: Measurement, other: Measurement): boolean {
  return (
    one.kind === 'dossierStatistics' &&
    other.kind === 'dossierStatistics' &&
    one.key.province === other.key.province &&
    one.day.getTime() === other.day.getTime()
  );
}

/** Codes and moments of an id, by name; the inverse of {@link measurementId}. Null for a text that is no id of the kind. */
export function partsOfMeasurementId(
  name: MeasurementKindName,
  id: string,
): { codes: Readonly<Record<string, string>>; times: readonly Date[] } | null {
  const kind: MeasurementKind = measurementKinds[name];
  const parts = id.split(':');
  if (parts.length !== kind.key.length + kind.times.length) return null;
  const times = parts
    .slice(kind.key.length)
    .map((text) => new Date(/^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN));
  if (times.some((time) => Number.isNaN(time.getTime()))) return null;
  return { codes: Object.fromEntries(kind.key.map((part, index) => [part, parts[index] as string])), times };
}
