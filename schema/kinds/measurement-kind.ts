import { snakeCase } from './columns.ts';

/** One kind of figure that a source measures; rows of its table are only added to. */
export interface MeasurementKind {
  /** camelCase name, as it stands in observations and ranks. */
  readonly name: string;
  readonly table: string;
  /** Reference codes that say what was measured, each in a column `<part>_code`. */
  readonly key: readonly ('province' | 'system' | 'vendor' | 'unit')[];
  /** Names of the moments that belong to the key, in rising order; the table is partitioned by the first. */
  readonly times: readonly string[];
  readonly values: Readonly<Record<string, 'number' | 'integer'>>;
}

/** A column of the table, the member of a measurement that fills it, and its PostgreSQL type. */
export interface MeasurementColumn {
  readonly column: string;
  readonly of: string;
  readonly type: string;
}

/** The columns that a measurement fills itself; source, recording, detail and run come beside them. */
export function measurementColumns(kind: MeasurementKind): MeasurementColumn[] {
  const types = { number: 'double precision', integer: 'integer' };
  return [
    ...kind.key.map((part) => ({ column: `${part}_code`, of: part, type: 'text' })),
    ...kind.times.map((time) => ({ column: snakeCase(time), of: time, type: 'timestamptz' })),
    ...Object.entries(kind.values).map(([value, type]) => ({
      column: snakeCase(value),
      of: value,
      type: types[type],
    })),
  ];
}
