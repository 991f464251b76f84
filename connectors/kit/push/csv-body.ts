import { CsvError, parse } from 'csv-parse/sync';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { PushError } from './push-error.ts';
import type { BodyOptions, BodyRecord, PushBody } from './read-body.ts';
import { TextLines } from './text-lines.ts';

interface Line {
  readonly record: readonly string[];
  /** The byte after the record and its line break. */
  readonly info: { readonly bytes: number };
}

/** More than any report has; a header of millions of names would keep the hub busy for nothing. */
const MAX_COLUMNS = 1_000;

/**
 * A CSV body with a header, separated by commas or semicolons as its header is. An empty cell says nothing: its field is
 * left out. Cells beyond the header that are empty are what spreadsheets leave behind.
 */
export function readCsvBody(text: string, { columns = {} }: BodyOptions): PushBody {
  const bytes = Buffer.from(text);
  const [header, ...rows] = parseLines(text, bytes);
  if (!header) throw PushError.unreadable('There is nothing in it.');
  const names = header.record.map((name) => name.trim().normalize('NFC'));
  if (names.length > MAX_COLUMNS) {
    throw PushError.unreadable(`Its header has ${names.length} columns; send at most ${MAX_COLUMNS}.`, { line: 1 });
  }
  const known = new Map(Object.entries(columns));
  const fields = names.map((name) => known.get(name.toLocaleLowerCase('vi')) ?? name);
  const seen = new Set<string>();
  const doubled = fields.find((field) => field !== '' && seen.size === seen.add(field).size);
  if (doubled) throw PushError.unreadable(`Two columns of the header mean "${doubled}".`, { line: 1, field: doubled });
  const lines = new TextLines(bytes);
  const records = rows.map((row, index) => toRecord(row, fields, { row: index + 1, line: lineOf(row, lines) }));
  return {
    records,
    nameOf: (field) => names[fields.indexOf(field)] ?? field,
    lineOf: (record) => record.line,
  };
}

/** A record with line breaks in its cells began that many lines before the one on which it ends. */
function lineOf({ record: cells, info }: Line, lines: TextLines): number {
  return lines.at(info.bytes - 1) - cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

function toRecord(
  { record: cells }: Line,
  fields: readonly string[],
  { row, line }: { readonly row: number; readonly line: number },
): BodyRecord {
  const value = new Map<string, Json>();
  for (const [index, cell] of cells.entries()) {
    const field = fields[index];
    if (cell.trim() !== '' && field) value.set(field, cell);
  }
  const isAstray = cells.some((cell, index) => cell.trim() !== '' && !fields[index]);
  const problem = isAstray ? `It has ${cells.length} cells and the header names ${fields.length} columns.` : undefined;
  return { row, line, value: problem ? [...cells] : Object.fromEntries(value), ...(problem && { problem }) };
}

function parseLines(text: string, bytes: Buffer): Line[] {
  const delimiter = delimiterOf(text);
  try {
    return parse(bytes, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as Line[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = new TextLines(text).at(strayQuote(text, delimiter));
    throw PushError.unreadable(`It is no CSV: a quote is out of place on line ${line}.`, { line });
  }
}

/** Where the first quote stands that belongs to no cell, or opens one that is never closed; the parser tells where it gave up. */
function strayQuote(text: string, delimiter: string): number {
  const isEnd = (at: number): boolean => at >= text.length || [delimiter, '\n', '\r'].includes(text[at] as string);
  let from = 0;
  for (;;) {
    const at = text.indexOf('"', from);
    if (at === -1) return 0;
    if (!isEnd(at - 1) && at > 0) return at;
    let close = text.indexOf('"', at + 1);
    while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close === -1 || !isEnd(close + 1)) return at;
    from = close + 1;
  }
}

/** The header has no commas or semicolons but those between its names. */
function delimiterOf(text: string): ',' | ';' {
  const header = text.slice(0, text.search(/\n|$/));
  return header.split(';').length > header.split(',').length ? ';' : ',';
}
