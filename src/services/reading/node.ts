import { type FactKindName, factKinds } from '../../../schema/kinds/index.ts';
import { type MeasurementKindName, measurementKinds } from '../../../schema/kinds/measurements.ts';
import { BadUserInputError } from '../../errors/index.ts';
import { actionByNumber } from '../sources/actions.ts';
import { noticeByNumber } from '../sources/notices.ts';
import type { Clocks } from './clocks.ts';
import { conflictByKey } from './conflicts.ts';
import { correctionByKey } from './corrections.ts';
import { dossierDayByKey } from './dossiers.ts';
import { factByKey } from './facts.ts';
import { fromGlobalId } from './global-id.ts';
import { measuredByKey, rowTypeOf } from './measured.ts';
import { maySee, type Reading } from './reading.ts';
import { rejectionByNumber } from './rejections.ts';
import { runByNumber } from './sync-runs.ts';
import type { ReferenceType, View } from './views.ts';

const REFERENCE_TYPES: readonly ReferenceType[] = ['System', 'Vendor', 'Target', 'Criterion', 'Source'];
const KIND_OF_TYPE = new Map<string, FactKindName>(Object.values(factKinds).map((kind) => [kind.typeName, kind.name]));

const MEASURED_TYPES = new Map(
  (Object.keys(measurementKinds) as MeasurementKindName[]).map((name) => [rowTypeOf(name), name]),
);

/** The object of a global id, or null where there is none that the caller may see. Throws for a text that is no id. */
export async function nodeById(reading: Reading, id: string, clocks: Clocks): Promise<View | null> {
  const parsed = fromGlobalId(id);
  if (!parsed) throw new BadUserInputError(`"${id}" is not an id of this hub. Pass one that it gave you, unchanged.`);
  const { type, key } = parsed;
  const kind = KIND_OF_TYPE.get(type);
  if (kind) return factByKey(reading, kind, key, clocks);
  if (type === 'Province')
    return maySee(reading.rights, key) ? (reading.reference.find('Province', key, clocks) ?? null) : null;
  if (type === 'Unit') {
    const unit = reading.reference.find('Unit', key, clocks);
    return unit && maySee(reading.rights, unit.provinceCode) ? unit : null;
  }
  const reference = REFERENCE_TYPES.find((name) => name === type);
  if (reference) return reading.reference.find(reference, key, clocks) ?? null;
  if (type === 'Conflict') return conflictByKey(reading, key);
  if (type === 'Correction') return correctionByKey(reading, key);
  const measured = MEASURED_TYPES.get(type);
  if (measured) return measuredByKey(reading, measured, key, clocks);
  if (type === 'DossierDay') return dossierDayByKey(reading, key);
  const number = Number(key);
  if (!Number.isSafeInteger(number)) return null;
  if (type === 'SyncRun') return runByNumber(reading, number);
  if (type === 'Rejection') return rejectionByNumber(reading, number);
  if (type === 'SourceAction') return actionByNumber(reading, number);
  if (type === 'SourceNotice') return noticeByNumber(reading, number);
  return null;
}
