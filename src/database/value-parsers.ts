import pg from 'pg';

const { builtins } = pg.types;

/**
 * How values of PostgreSQL are read, for every connection of the hub: `int8` as a number (all of ours are ids, counts
 * and sequence numbers, which stay far below 2^53; a larger one is an error rather than a wrong number) and
 * `timestamptz` as a Date, so to the millisecond.
 */
export function createValueParsers(): pg.TypeOverrides {
  const parsers = new pg.TypeOverrides();
  parsers.setTypeParser(builtins.INT8, parseInt8);
  parsers.setTypeParser(builtins.TIMESTAMPTZ, pg.types.getTypeParser(builtins.TIMESTAMPTZ));
  return parsers;
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a JavaScript number`);
  return value;
}
