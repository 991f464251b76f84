import { CsvError, parse } from 'csv-parse/sync';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { PushError } from './push-error.ts';
import type { BodyOptions, BodyRecord, PushBody } from './read-body.ts';

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * A CSV body with a header, separated by commas or semicolons as its header is. An empty cell says nothing: its field is
 * left out. Cells beyond the header that are empty are what spreadsheets leave behind.
 */
export function readCsvBody(text: string, { columns = {} }: BodyOptions): PushBody {
  const [header, ...rows] = parseLines(text);
  if (!header) throw PushError.unreadable('There is nothing in it.');
  const names = header.record.map((name) => name.trim().normalize('NFC'));
  const known = new Map(Object.entries(columns));
  const fields = names.map((name) => known.get(name.toLocaleLowerCase('vi')) ?? name);
  const doubled = fields.find((field, index) => field !== '' && fields.indexOf(field) !== index);
  if (doubled) throw PushError.unreadable(`Two columns of the header mean "${doubled}".`, { line: 1, field: doubled });
  const records = rows.map((line, index) => toRecord(line, fields, index + 1));
  return {
    records,
    nameOf: (field) => names[fields.indexOf(field)] ?? field,
    lineOf: (record) => record.line,
  };
}

function toRecord({ record: cells, info }: Line, fields: readonly string[], row: number): BodyRecord {
  // The parser tells the line on which a record ends; one with line breaks in its cells began that much earlier.
  const line = info.lines - cells.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);
  const value = new Map<string, Json>();
  for (const [index, cell] of cells.entries()) {
    const field = fields[index];
    if (cell.trim() !== '' && field) value.set(field, cell);
  }
  const isAstray = cells.some((cell, index) => cell.trim() !== '' && !fields[index]);
  const problem = isAstray ? `It has ${cells.length} cells and the header names ${fields.length} columns.` : undefined;
  return { row, line, value: problem ? [...cells] : Object.fromEntries(value), ...(problem && { problem }) };
}

function parseLines(text: string): Line[] {
  try {
    return parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as Line[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    throw PushError.unreadable(`It is no CSV: a quote is out of place on line ${line}.`, { line });
  }
}

/** The header has no commas or semicolons but those between its names. */
function delimiterOf(text: string): ',' | ';' {
  const header = text.slice(0, text.search(/\n|$/));
  return header.split(';').length > header.split(',').length ? ';' : ',';
}
