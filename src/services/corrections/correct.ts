import { checkAttributeValue } from '../../../schema/kinds/attribute-value.ts';
import type { AttributeDefinition, Json } from '../../../schema/kinds/fact-kind.ts';
import type { Database } from '../../database/open-database.ts';
import { translateDatabaseError } from '../../database/translate-error.ts';
import { applyCorrection } from '../../unify/corrections.ts';
import { NOW } from '../reading/clocks.ts';
import { type CorrectionView, correctionByKey } from '../reading/corrections.ts';
import type { FactView } from '../reading/fact-view.ts';
import { factByKey } from '../reading/facts.ts';
import { maySee, type Reading } from '../reading/reading.ts';
import { requireOperator } from '../require-role.ts';
import { resolveTarget, type Target, type TargetInput } from './resolve-target.ts';
import type { UserError } from './user-error.ts';

const MAX_REASON_LENGTH = 2_000;

export interface CorrectRequest extends TargetInput {
  readonly attributes: Json;
  readonly reason: string;
}

export interface CorrectResult {
  readonly correction: CorrectionView | null;
  readonly entity: FactView | null;
  readonly errors: readonly UserError[];
}

/** What writing a correction needs beside what reading does. */
export interface CorrectionOptions {
  readonly database: Pick<Database, 'fork'>;
  readonly newId: () => string;
}

/**
 * Takes an operator's correction in as an observation of the source `operator`, in one transaction. Mistakes in the
 * request come back as `errors` and nothing is stored; UNAUTHENTICATED and FORBIDDEN are thrown.
 */
export async function correct(
  reading: Reading,
  request: CorrectRequest,
  { database, newId }: CorrectionOptions,
): Promise<CorrectResult> {
  const by = requireOperator(reading.rights);
  const target = resolveTarget(request, reading.reference);
  if (!('key' in target)) return refused([target]);
  const attributes = checkAttributes(target, request.attributes, reading);
  const reason = request.reason.normalize('NFC').trim();
  const errors = [...outOfScope(reading, target), ...attributes.errors, ...checkReason(reason)];
  if (errors.length > 0) return refused(errors);

  const { kind, key } = target;
  const id = newId();
  const clocks = { recordedAt: reading.clock.now(), observedAt: reading.domainClock.now() };
  const correction = { id, kind: kind.name, entityId: key, attributes: attributes.values, reason, by };
  await database
    .fork()
    .transactional((em) => applyCorrection(em as never, correction, clocks))
    .catch((error: unknown) => {
      throw translateDatabaseError(error);
    });
  return {
    correction: await correctionByKey(reading, id),
    entity: await factByKey(reading, kind.name, key, NOW),
    errors: [],
  };
}

const refused = (errors: readonly UserError[]): CorrectResult => ({ correction: null, entity: null, errors });

function outOfScope(reading: Reading, target: Target): UserError[] {
  const { province } = target.keys;
  if (reading.rights.provinces === null || (province && maySee(reading.rights, province))) return [];
  return [{ code: 'FORBIDDEN', message: 'Your key is limited to other provinces.', path: ['province'] }];
}

function checkReason(reason: string): UserError[] {
  if (reason.length > 0 && reason.length <= MAX_REASON_LENGTH && reason.isWellFormed() && !reason.includes('\0'))
    return [];
  const message = `Say why, in at most ${MAX_REASON_LENGTH} characters.`;
  return [{ code: 'BAD_USER_INPUT', message, path: ['reason'] }];
}

function checkAttributes(
  { kind }: Target,
  attributes: Json,
  reading: Reading,
): { values: Record<string, Json>; errors: UserError[] } {
  const definitions: Readonly<Record<string, AttributeDefinition>> = kind.attributes;
  const known = Object.keys(definitions).join(', ');
  const given =
    typeof attributes === 'object' && attributes && !Array.isArray(attributes) ? Object.entries(attributes) : [];
  const fault = (path: string[], message: string): UserError => ({ code: 'BAD_USER_INPUT', message, path });
  if (given.length === 0) {
    return { values: {}, errors: [fault(['attributes'], `Name at least one attribute of a ${kind.name}: ${known}.`)] };
  }
  const values: Record<string, Json> = {};
  const errors: UserError[] = [];
  for (const [name, value] of given) {
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (!definition) errors.push(fault(['attributes', name], `A ${kind.name} has no "${name}"; it has ${known}.`));
    else {
      const checked = checkAttributeValue(definition, value);
      if ('reason' in checked) errors.push(fault(['attributes', name], `"${name}" ${checked.reason}.`));
      else {
        values[name] = checked.value;
        errors.push(
          ...unknownVendors(definition, name, checked.value, reading).map((message) =>
            fault(['attributes', name], message),
          ),
        );
      }
    }
  }
  return { values, errors };
}

/** The one kind of codes that attributes hold names vendors. */
function unknownVendors(definition: AttributeDefinition, name: string, value: Json, reading: Reading): string[] {
  if (definition.type !== 'codes') return [];
  const unknown = (value as string[]).filter((code) => !reading.reference.find('Vendor', code));
  return unknown.map((code) => `"${name}" names "${code}", which is no vendor.`);
}
