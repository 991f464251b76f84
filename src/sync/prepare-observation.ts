import { checkAttributeValue } from '../../schema/kinds/attribute-value.ts';
import type { FactKind, Json, KeyPart } from '../../schema/kinds/fact-kind.ts';
import { findFactKind } from '../../schema/kinds/index.ts';
import { isFreePart, type MeasurementKeyPart, type MeasurementKind } from '../../schema/kinds/measurement-kind.ts';
import { isMeasurementKind, measurementKinds, timesOf } from '../../schema/kinds/measurements.ts';
import { storableJson } from '../../schema/kinds/storable-json.ts';
import { isBeginningOfDay } from '../../schema/measurement-id.ts';
import type { FactObservation, Measurement, Observation, ObservationDetail } from '../../schema/observation.ts';
import type { ReferenceCodes } from './reference-codes.ts';
import { checkScopes, type Scope } from './scopes.ts';

export interface PreparationContext {
  readonly references: ReferenceCodes;
  /** Domain now plus the tolerance; what claims to be observed later is refused. */
  readonly latestObservedAt: Date;
  /** The voices that the source is configured with. */
  readonly voices: ReadonlySet<string>;
  /** Whose limits hold; none where it may speak of all there is. */
  readonly scopes: readonly Scope[];
}

export interface Fault {
  readonly reason: string;
  readonly path: string;
  /** It is of another province than the source. */
  readonly isBeyondSource?: true;
}

/** The observation in the form that is stored, or why it cannot be, and where in the record. */
export type Prepared<Kind extends Observation> = { readonly observation: Kind } | Fault;

const MAX_KEY_LENGTH = 64;

/**
 * Holds an observation against the kinds of fact and the reference data. Pure; one bad record says so and harms no
 * other. Text and codes are brought into their stored form, so that two sources that mean the same say the same.
 */
export function prepareObservation(observation: Observation, context: PreparationContext): Prepared<Observation> {
  const fault = checkScopes(observation, context);
  if (fault) return fault;
  return observation.class === 'fact' ? prepareFact(observation, context) : prepareMeasurement(observation, context);
}

function prepareFact(observation: FactObservation, context: PreparationContext): Prepared<FactObservation> {
  const kind = findFactKind(observation.kind);
  if (!kind) return { reason: `unknown kind "${observation.kind}"`, path: 'kind' };
  if (observation.voice !== undefined && !context.voices.has(observation.voice)) {
    return { reason: `the source has no voice "${observation.voice}"`, path: 'voice' };
  }
  const fault =
    checkKey({ key: kind.key }, observation.key, context.references) ??
    checkTime(observation.observedAt, 'observedAt', context.latestObservedAt) ??
    checkRevision(observation.revision);
  if (fault) return fault;
  const attributes = prepareAttributes(kind, observation, context.references);
  if ('reason' in attributes) return attributes;
  return { observation: { ...observation, attributes: attributes.values, ...storedDetail(observation.detail) } };
}

function prepareMeasurement(measurement: Measurement, context: PreparationContext): Prepared<Measurement> {
  if (!isMeasurementKind(measurement.kind)) {
    return { reason: `unknown kind "${String((measurement as Measurement).kind)}"`, path: 'kind' };
  }
  const kind: MeasurementKind = measurementKinds[measurement.kind];
  const fault =
    checkKey(kind, measurement.key, context.references) ??
    checkTimes(timesOf(measurement), context.latestObservedAt) ??
    checkValues(kind.values, measurement.values) ??
    checkUnit(measurement, context.references) ??
    checkDossiers(measurement);
  return fault ?? { observation: { ...measurement, ...storedDetail(measurement.detail) } };
}

/** Moments that rise, none of them in the future: a figure of a period is there when the period is over. */
function checkTimes(times: readonly [name: string, time: Date][], latest: Date): Fault | undefined {
  for (const [index, [name, time]] of times.entries()) {
    const fault = checkTime(time, name, latest);
    if (fault) return fault;
    const before = times[index - 1];
    if (before && time <= before[1]) return { reason: `is not after ${before[0]}`, path: name };
  }
  return undefined;
}

function checkValues(kinds: MeasurementKind['values'], values: Readonly<Record<string, number>>): Fault | undefined {
  for (const [name, type] of Object.entries(kinds)) {
    const checked = checkAttributeValue({ type }, values[name] as number);
    if ('reason' in checked) return { reason: checked.reason, path: `values.${name}` };
    // Integers are counts, of whatever kind; a rate may well be below zero where a source measures a difference.
    if (type === 'integer' && (values[name] as number) < 0) {
      return { reason: `is ${values[name]}, and there is no less than none`, path: `values.${name}` };
    }
  }
  return undefined;
}

/** A unit that the source counts to another province than the hub is probably another unit of that name. */
function checkUnit(measurement: Measurement, references: ReferenceCodes): Fault | undefined {
  if (measurement.kind !== 'usageStatistics' || measurement.province === undefined) return undefined;
  const { unit } = measurement.key;
  const known = references.unit.get(unit) ?? 'no province';
  if (measurement.province === known) return undefined;
  return { reason: `${unit} belongs to ${known}, not ${measurement.province}`, path: 'province' };
}

/** What came in online is part of what came in. What was settled is not: it may have come in on an earlier day. */
function checkDossiers(measurement: Measurement): Fault | undefined {
  if (measurement.kind !== 'dossierStatistics') return undefined;
  const { day, values } = measurement;
  if (!isBeginningOfDay(day)) {
    return { reason: `is not the beginning of a day in Vietnam: ${day.toISOString()}`, path: 'day' };
  }
  if (values.online <= values.received) return undefined;
  return { reason: `${values.online} online of ${values.received} received`, path: 'values.online' };
}

type AnyPart = KeyPart | MeasurementKeyPart;

function checkKey(
  kind: { readonly key: readonly AnyPart[]; readonly optional?: readonly AnyPart[] },
  key: Readonly<Partial<Record<AnyPart, string>>>,
  references: ReferenceCodes,
): Fault | undefined {
  for (const part of kind.key) {
    const code = key[part];
    const path = `key.${part}`;
    if ((code === undefined || code === '') && kind.optional?.includes(part)) continue;
    if (typeof code !== 'string' || code === '') return { reason: `the ${part} is missing`, path };
    if (code.length > MAX_KEY_LENGTH || !/^[\w.-]+$/.test(code))
      return { reason: `"${code.slice(0, 64)}" is no code`, path };
    if (part !== 'programme' && !isFreePart(part) && !references[part].has(code))
      return { reason: `unknown ${part} "${code}"`, path };
  }
  return undefined;
}

function checkTime(time: Date | null, path: string, latest: Date): Fault | undefined {
  if (time === null) return undefined;
  if (Number.isNaN(time.getTime())) return { reason: 'is no time', path };
  if (time > latest) return { reason: `lies in the future: ${time.toISOString()}`, path };
  if (time.getTime() < 0) return { reason: `lies before 1970: ${time.toISOString()}`, path };
  return undefined;
}

/** One that is not exact would not be ordered, and one beyond the column would fail the whole page. */
function checkRevision(revision = 0): Fault | undefined {
  if (Number.isSafeInteger(revision) && revision >= 0) return undefined;
  return { reason: `is ${revision}, not a whole number that can be told from the next`, path: 'revision' };
}

function prepareAttributes(
  kind: FactKind,
  observation: FactObservation,
  references: ReferenceCodes,
): { values: Record<string, Json> } | { reason: string; path: string } {
  const values: Record<string, Json> = {};
  for (const [name, value] of Object.entries(observation.attributes)) {
    const path = `attributes.${name}`;
    const definition = Object.hasOwn(kind.attributes, name) ? kind.attributes[name] : undefined;
    if (!definition) return { reason: `a ${kind.name} has no attribute "${name}"`, path };
    if (observation.retract) {
      values[name] = null;
      continue;
    }
    const checked = checkAttributeValue(definition, value);
    if ('reason' in checked) return { reason: checked.reason, path };
    // The one list of codes there is names vendors.
    const unknown =
      definition.type === 'codes' && (checked.value as string[]).find((code) => !references.vendor.has(code));
    if (unknown) return { reason: `unknown vendor "${unknown}"`, path };
    values[name] = checked.value;
  }
  if (Object.keys(values).length === 0) return { reason: 'it says nothing', path: 'attributes' };
  return { values };
}

function storedDetail(detail: ObservationDetail | undefined): { detail?: ObservationDetail } {
  return detail ? { detail: storableJson(detail) as ObservationDetail } : {};
}
