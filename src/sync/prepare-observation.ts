import type { FactKind, Json, KeyPart } from '../../schema/kinds/fact-kind.ts';
import { findFactKind } from '../../schema/kinds/index.ts';
import type {
  FactObservation,
  Observation,
  ObservationDetail,
  ServiceHealthMeasurement,
} from '../../schema/observation.ts';
import { checkAttributeValue } from './attribute-value.ts';
import type { ReferenceCodes } from './reference-codes.ts';
import { storableJson } from './storable-json.ts';

export interface PreparationContext {
  readonly references: ReferenceCodes;
  /** Domain now plus the tolerance; what claims to be observed later is refused. */
  readonly latestObservedAt: Date;
  /** The voices that the source is configured with. */
  readonly voices: ReadonlySet<string>;
}

/** The observation in the form that is stored, or why it cannot be, and where in the record. */
export type Prepared<Kind extends Observation> =
  | { readonly observation: Kind }
  | { readonly reason: string; readonly path: string };

const MAX_KEY_LENGTH = 64;

/**
 * Holds an observation against the kinds of fact and the reference data. Pure; one bad record says so and harms no
 * other. Text and codes are brought into their stored form, so that two sources that mean the same say the same.
 */
export function prepareObservation(observation: Observation, context: PreparationContext): Prepared<Observation> {
  return observation.class === 'fact' ? prepareFact(observation, context) : prepareMeasurement(observation, context);
}

function prepareFact(observation: FactObservation, context: PreparationContext): Prepared<FactObservation> {
  const kind = findFactKind(observation.kind);
  if (!kind) return { reason: `unknown kind "${observation.kind}"`, path: 'kind' };
  if (observation.voice !== undefined && !context.voices.has(observation.voice)) {
    return { reason: `the source has no voice "${observation.voice}"`, path: 'voice' };
  }
  const fault =
    checkKey(kind.key, observation.key, context.references) ??
    checkTime(observation.observedAt, 'observedAt', context.latestObservedAt);
  if (fault) return fault;
  const attributes = prepareAttributes(kind, observation, context.references);
  if ('reason' in attributes) return attributes;
  return { observation: { ...observation, attributes: attributes.values, ...storedDetail(observation.detail) } };
}

function prepareMeasurement(
  measurement: ServiceHealthMeasurement,
  context: PreparationContext,
): Prepared<ServiceHealthMeasurement> {
  const fault =
    checkKey(['province', 'system', 'vendor'], measurement.key, context.references) ??
    checkTime(measurement.measuredAt, 'measuredAt', context.latestObservedAt);
  if (fault) return fault;
  for (const [name, value] of Object.entries(measurement.values)) {
    if (!Number.isFinite(value)) return { reason: `is ${value}, not a number`, path: `values.${name}` };
  }
  if (!Number.isInteger(measurement.values.alerts)) return { reason: 'is not an integer', path: 'values.alerts' };
  return { observation: { ...measurement, ...storedDetail(measurement.detail) } };
}

function checkKey(
  parts: readonly KeyPart[],
  key: Readonly<Partial<Record<KeyPart, string>>>,
  references: ReferenceCodes,
): { reason: string; path: string } | undefined {
  for (const part of parts) {
    const code = key[part];
    const path = `key.${part}`;
    if (typeof code !== 'string' || code === '') return { reason: `the ${part} is missing`, path };
    if (code.length > MAX_KEY_LENGTH || !/^[\w.-]+$/.test(code))
      return { reason: `"${code.slice(0, 64)}" is no code`, path };
    if (part !== 'programme' && !references[part].has(code)) return { reason: `unknown ${part} "${code}"`, path };
  }
  return undefined;
}

function checkTime(time: Date | null, path: string, latest: Date): { reason: string; path: string } | undefined {
  if (time === null) return undefined;
  if (Number.isNaN(time.getTime())) return { reason: 'is no time', path };
  if (time > latest) return { reason: `lies in the future: ${time.toISOString()}`, path };
  return undefined;
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
