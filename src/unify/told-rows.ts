import { type RawBuilder, sql } from 'kysely';
import {
  type MeasurementColumn,
  type MeasurementKind,
  measurementColumns,
} from '../../schema/kinds/measurement-kind.ts';
import type { Measurement } from '../../schema/observation.ts';

/** A measurement; `toldAt` where it was told at another time than the rest of its batch. */
export type ToldMeasurement<Kind extends Measurement = Measurement> = Kind & { readonly toldAt?: Date };

/** A value as it stands in the text of a PostgreSQL array; null for none. */
type Literal = string | null;

/**
 * Measurements of one kind as a relation with the columns of its table, `detail`, and `told_at` where that is given: when
 * they were told that do not say so themselves. What differs from row to row travels as one array a column, what is the
 * same in all of them once: a page is mostly of one day and one province, and parsing five thousand equal times takes
 * longer than storing them.
 */
export function toldRows(
  kind: MeasurementKind,
  measurements: readonly ToldMeasurement[],
  toldAt?: Date,
): RawBuilder<unknown> {
  const columns = [...measurementColumns(kind), { column: 'detail', of: 'detail', type: 'jsonb' }];
  const filled = columns.map((column) => ({ ...column, literals: literalsOf(column, kind, measurements) }));
  if (toldAt)
    filled.push({ column: 'told_at', of: 'toldAt', type: 'timestamptz', literals: tellings(measurements, toldAt) });
  const varying = filled.filter(({ literals }) => literals.some((literal) => literal !== literals[0]));
  // Something has to say how many rows there are.
  if (varying.length === 0) varying.push(filled[0] as (typeof filled)[number]);
  const selected = filled.map((column) =>
    varying.includes(column)
      ? sql`u.${sql.ref(column.column)}`
      : sql`${sql.val(column.literals[0])}::${sql.raw(column.type)} as ${sql.ref(column.column)}`,
  );
  const arrays = varying.map(({ literals, type }) => sql`${arrayText(literals)}::${sql.raw(type)}[]`);
  const names = varying.map(({ column }) => sql.ref(column));
  return sql`(select ${sql.join(selected)} from unnest(${sql.join(arrays)}) as u(${sql.join(names)}))`;
}

function literalsOf({ of }: MeasurementColumn, kind: MeasurementKind, measurements: readonly Measurement[]): Literal[] {
  if (of === 'detail') return measurements.map(({ detail }) => (detail ? JSON.stringify(detail) : null));
  if (kind.times.includes(of)) return momentsOf(of, measurements);
  if (Object.hasOwn(kind.values, of)) {
    return measurements.map(({ values }) => String((values as Readonly<Record<string, number>>)[of]));
  }
  return measurements.map(({ key }) => (key as Readonly<Record<string, string | undefined>>)[of] ?? '');
}

function tellings(measurements: readonly ToldMeasurement[], toldAt: Date): string[] {
  const text = toldAt.toISOString();
  return measurements.map((measurement) => measurement.toldAt?.toISOString() ?? text);
}

/** Most rows have the moment of the row before; making its text takes longer than all else of a row. */
function momentsOf(of: string, measurements: readonly Measurement[]): string[] {
  let before = Number.NaN;
  let text = '';
  return measurements.map((measurement) => {
    const moment = (measurement as unknown as Readonly<Record<string, Date>>)[of] as Date;
    if (moment.getTime() !== before) {
      before = moment.getTime();
      text = moment.toISOString();
    }
    return text;
  });
}

/** The text of a PostgreSQL array. Codes and numbers need no escaping, so a whole column is looked at as one text first. */
function arrayText(literals: readonly Literal[]): string {
  const isPlain = !literals.includes(null) && !/["\\]/.test(literals.join(''));
  return isPlain ? `{"${literals.join('","')}"}` : `{${literals.map(quoted).join(',')}}`;
}

const quoted = (literal: Literal): string => (literal === null ? 'NULL' : `"${literal.replace(/["\\]/g, '\\$&')}"`);
