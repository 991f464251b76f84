import { snakeCase } from './columns.ts';

/** Codes of the reference data that say what was measured. */
export type ListedPart = 'province' | 'system' | 'vendor' | 'unit';
/** Codes that no list of ours names: checked for their form only. */
export type FreePart = 'commune' | 'procedure';
export type MeasurementKeyPart = ListedPart | FreePart;

const FREE_PARTS: ReadonlySet<string> = new Set<FreePart>(['commune', 'procedure']);

/** One kind of figure that a source measures; rows of its table are only added to. */
export interface MeasurementKind {
  /** camelCase name, as it stands in observations, ranks and the change log. */
  readonly name: string;
  /** GraphQL type of what a change of the kind is about; also the prefix of the global id. */
  readonly typeName: string;
  readonly table: string;
  /** What was measured, each part in a column `<part>_code`. */
  readonly key: readonly MeasurementKeyPart[];
  /** Parts of the key that may be left out; they are stored as the empty text. */
  readonly optional?: readonly MeasurementKeyPart[];
  /** Names of the moments that belong to the key, in rising order; the table is partitioned by the first. */
  readonly times: readonly string[];
  /** Months are of UTC, days of Asia/Ho_Chi_Minh. */
  readonly partitions: 'month' | 'day';
  readonly values: Readonly<Record<string, 'number' | 'integer'>>;
}

export const isFreePart = (part: string): part is FreePart => FREE_PARTS.has(part);

/** A column of the table, the member of a measurement that fills it, and its PostgreSQL type. */
export interface MeasurementColumn {
  readonly column: string;
  readonly of: string;
  readonly type: string;
}

/** The columns that say which figures a row has: together with source and revision they are its key. */
export function entityColumns(kind: MeasurementKind): MeasurementColumn[] {
  return [
    ...kind.key.map((part) => ({ column: `${part}_code`, of: part, type: 'text' })),
    ...kind.times.map((time) => ({ column: snakeCase(time), of: time, type: 'timestamptz' })),
  ];
}

/** The columns of the figures. */
export function valueColumns(kind: MeasurementKind): MeasurementColumn[] {
  const types = { number: 'double precision', integer: 'integer' };
  return Object.entries(kind.values).map(([value, type]) => ({
    column: snakeCase(value),
    of: value,
    type: types[type],
  }));
}

/** The columns that a measurement fills itself; source, revision, recording, detail and run come beside them. */
export function measurementColumns(kind: MeasurementKind): MeasurementColumn[] {
  return [...entityColumns(kind), ...valueColumns(kind)];
}
