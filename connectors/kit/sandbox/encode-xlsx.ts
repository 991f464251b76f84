import { type CellValue, type MergeRange, writeXlsx } from 'hucre/xlsx';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { EncodedBody } from './upstream.ts';

export interface XlsxSheet {
  readonly name: string;
  /** Each in a row of its own above the headings, merged over all columns. */
  readonly titles: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Json>>[];
  /** Columns whose cells are merged where equal ones stand below each other. */
  readonly merged?: readonly string[];
  /** Columns of local times `YYYY-MM-DDTHH:mm:ss` that are written as dates. */
  readonly dates?: readonly string[];
}

/** Stands in every workbook, so that equal sheets are equal files. */
const SAVED_AT = new Date('2025-06-25T00:00:00Z');

/** A workbook of one sheet. A field that the columns do not name comes after them. */
export async function encodeXlsx(sheet: XlsxSheet): Promise<EncodedBody> {
  const { name, titles, rows, merged = [], dates = [] } = sheet;
  const columns = [...new Set([...sheet.columns, ...rows.flatMap((row) => Object.keys(row))])];
  const body = rows.map((row) => columns.map((column) => toCell(row[column], dates.includes(column))));
  const top = titles.length + 1;
  const merges = [
    ...titles.map((_, row) => ({ startRow: row, endRow: row, startCol: 0, endCol: columns.length - 1 })),
    ...columns.flatMap((column, at) => (merged.includes(column) ? runsOf(body, at, top) : [])),
  ];
  // In a merged range the first cell alone has the value.
  for (const { startRow, endRow, startCol } of merges.slice(titles.length)) {
    for (const row of body.slice(startRow - top + 1, endRow - top + 1)) row[startCol] = null;
  }
  const payload = await writeXlsx({
    properties: { modified: SAVED_AT },
    sheets: [
      { name, rows: [...titles.map((title) => [title]), columns, ...body], merges, cells: dateStyles(body, top) },
    ],
  });
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  return { type, payload: Buffer.from(payload) };
}

function toCell(value: Json | undefined, isDate: boolean): CellValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return JSON.stringify(value);
  const date = isDate && typeof value === 'string' ? new Date(`${value}Z`) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : value;
}

/** The ranges of more than one row in which a column has one value. */
function runsOf(rows: readonly (readonly CellValue[])[], column: number, top: number): MergeRange[] {
  const merges: MergeRange[] = [];
  for (let start = 0; start < rows.length; ) {
    const value = rows[start]?.[column];
    let end = start;
    while (end + 1 < rows.length && String(rows[end + 1]?.[column]) === String(value)) end += 1;
    if (end > start && value !== null) {
      merges.push({ startRow: top + start, endRow: top + end, startCol: column, endCol: column });
    }
    start = end + 1;
  }
  return merges;
}

/** A date is a number of days to Excel: only its format makes it one. */
function dateStyles(rows: readonly (readonly CellValue[])[], top: number) {
  const places = rows.flatMap((row, at) =>
    row.flatMap((cell, column) => (cell instanceof Date ? [`${top + at},${column}`] : [])),
  );
  return new Map(places.map((place) => [place, { style: { numFmt: 'dd/mm/yyyy hh:mm' } }]));
}
