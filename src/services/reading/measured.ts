import DataLoader from 'dataloader';
import type { MeasurementKeyPart, MeasurementKind } from '../../../schema/kinds/measurement-kind.ts';
import { type MeasurementKindName, measurementKinds } from '../../../schema/kinds/measurements.ts';
import { partsOfMeasurementId } from '../../../schema/measurement-id.ts';
import { type MeasuredRow, readAllTold, type ToldRow } from '../../database/operations/read/measured.ts';
import type { Clocks } from './clocks.ts';
import { toGlobalId } from './global-id.ts';
import { maySee, type Reading, remembered } from './reading.ts';
import type { View } from './views.ts';

export type MeasuredCodes = Readonly<Record<MeasurementKeyPart | 'source', string>>;

/** Figures of a period, with where they come from. They stand in it by their names, as do its moments. */
export interface MeasuredView extends View {
  readonly kind: MeasurementKindName;
  readonly key: string;
  /** Of the parts of a key those that the kind has. */
  readonly codes: MeasuredCodes;
  readonly recordedAt: Date;
  readonly document: string | null;
  readonly simulated: boolean;
  readonly inferred: boolean;
  readonly runNumber: number | null;
}

/** What a source says of the same, or said before. */
export interface MeasurementClaimView extends Omit<ToldRow, 'id' | 'source' | 'run'> {
  readonly sourceCode: string;
  readonly runNumber: number | null;
}

/** The type of the schema that rows of a kind are; what the log says of dossiers is of another. */
export const rowTypeOf = (kind: MeasurementKindName): string =>
  kind === 'dossierStatistics' ? 'DossierStatistics' : measurementKinds[kind].typeName;

/** A row that was read with the columns of its kind, as the schema shows it. */
export function toMeasuredView<Row extends MeasuredRow>(
  name: MeasurementKindName,
  row: Row,
  clocks: Clocks,
): Omit<Row, 'source' | 'run'> & MeasuredView {
  const kind: MeasurementKind = measurementKinds[name];
  const { source: _source, run, ...rest } = row;
  const members = row as unknown as Readonly<Record<string, string>>;
  const typeName = rowTypeOf(name);
  return {
    ...rest,
    __typename: typeName,
    id: toGlobalId(typeName, row.id),
    kind: name,
    key: row.id,
    codes: Object.fromEntries([...kind.key, 'source'].map((part) => [part, members[part]])) as MeasuredCodes,
    clocks,
    runNumber: run,
  };
}

/** All that was told of a row, by standing of the source and the newest first. One statement for all that are asked for. */
function allTold(reading: Reading, name: MeasurementKindName, key: string, clocks: Clocks): Promise<ToldRow[]> {
  const loader = remembered(reading, `told:${name}:${clocks.key}`, () => {
    return new DataLoader<string, ToldRow[]>(async (keys) => {
      const wanted = keys.flatMap((id) => partsOfMeasurementId(name, id) ?? []);
      const rows = wanted.length === 0 ? [] : await readAllTold(reading.reader, measurementKinds[name], wanted, clocks);
      const byId = Map.groupBy(rows, ({ id }) => id);
      return keys.map((id) => byId.get(id) ?? []);
    });
  });
  return loader.load(key);
}

/** What other sources say of the same: of each the newest, best standing first. */
export async function othersOf(reading: Reading, view: MeasuredView): Promise<MeasurementClaimView[]> {
  const told = await allTold(reading, view.kind, view.key, view.clocks);
  const newest = [...Map.groupBy(told, ({ source }) => source).values()].flatMap(([first]) => first ?? []);
  return newest.filter(({ source }) => source !== view.codes.source).map(toClaim);
}

/** What the source itself said before, newest first. */
export async function earlierOf(reading: Reading, view: MeasuredView): Promise<MeasurementClaimView[]> {
  const told = await allTold(reading, view.kind, view.key, view.clocks);
  return told
    .filter(({ source }) => source === view.codes.source)
    .slice(1)
    .map(toClaim);
}

const toClaim = ({ id: _id, source, run, ...rest }: ToldRow): MeasurementClaimView => ({
  ...rest,
  sourceCode: source,
  runNumber: run,
});

/** The row of that key, or null where there is none that the caller may see. */
export async function measuredByKey(
  reading: Reading,
  name: MeasurementKindName,
  key: string,
  clocks: Clocks,
): Promise<MeasuredView | null> {
  const [first] = await allTold(reading, name, key, clocks);
  if (!first) return null;
  const view = toMeasuredView(name, first, clocks);
  return maySee(reading.rights, provinceOfMeasured(reading, view.codes)) ? view : null;
}

/** The province that rights and filters go by: a unit is of the one that it is part of today, or of none. */
export function provinceOfMeasured(
  { reference }: Pick<Reading, 'reference'>,
  codes: Partial<MeasuredCodes>,
): string | null {
  if (codes.province !== undefined) return codes.province;
  return codes.unit === undefined ? null : (reference.find('Unit', codes.unit)?.provinceCode ?? null);
}
