import type { CellValue, Sheet } from 'hucre/xlsx';
import { readXlsx } from 'hucre/xlsx';
import * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aCount, aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import type { Format, FormatInput } from './format.ts';
import { readJson } from './json.ts';
import { looksLikeJson, notData } from './text-of.ts';
import { UnreadableError } from './unreadable-error.ts';
import { unpackedBytes } from './zip-size.ts';

export interface XlsxOptions {
  /** Names of columns, by which the row of headings is found; there may be others beside them, in any order. */
  readonly headings: readonly string[];
  /** Name of the sheet. Default the first. */
  readonly sheet?: string;
  /** Of the workbook once it is unpacked. Default 64 MiB; stops a small archive that bursts. */
  readonly maxUnpackedBytes?: number;
}

const CHECKS: OptionChecks<XlsxOptions> = {
  headings: z.array(aText).min(1, 'a format without headings finds no row of them'),
  sheet: aText.optional(),
  maxUnpackedBytes: aCount.optional(),
};

/** What a sheet gives. */
export interface XlsxBody {
  /** The texts above the headings, in their order. */
  readonly titles: readonly string[];
  /** What stands under the headings, by heading; a cell is text, number, boolean or null. Empty rows are left out. */
  readonly rows: readonly Readonly<Record<string, Json>>[];
}

const MAX_UNPACKED_BYTES = 64 * 2 ** 20;
/** Two cells in far corners make a sheet of millions out of nothing. */
const MAX_CELLS = 2_000_000;

/**
 * One sheet of an Excel workbook as {@link XlsxBody}. A cell that is merged over several has its value in each of them. A
 * date is given as local `YYYY-MM-DDTHH:mm:ss`, since Excel knows no time zone; a date that is not formatted as one is a
 * number, see `excelTime`. Read whole, within the limit: which cells are merged stands after the rows.
 *
 * Throws UPSTREAM_SYSTEM for what is no workbook, UPSTREAM_CONTRACT where sheet or headings are missing or the limit is passed.
 */
export function xlsxFormat(options: XlsxOptions): Format {
  checkOptions('xlsx', CHECKS, options);
  return {
    name: 'xlsx',
    accept: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/json;q=0.5',
    async *read(input) {
      if (looksLikeJson(input)) yield await readJson(input);
      else yield toBody(await readSheet(input, options), options.headings) as unknown as Json;
    },
  };
}

async function readSheet({ body }: FormatInput, { sheet, maxUnpackedBytes }: XlsxOptions): Promise<Sheet> {
  if (/^\s*</.test(body.beginning())) throw notData();
  const bytes = await body.buffer();
  const unpacked = unpackedBytes(bytes);
  if (unpacked === undefined) throw notWorkbook();
  // The reader holds each part to the size that it states, so the sum of what is stated bounds the whole.
  if (unpacked > (maxUnpackedBytes ?? MAX_UNPACKED_BYTES)) {
    throw ConnectorError.of('contract', "The upstream's workbook is too large once it is unpacked.");
  }
  const [found] = await openSheets(bytes, sheet);
  if (!found) throw ConnectorError.of('contract', `The upstream's workbook has no sheet ${sheet ?? 'at all'}.`);
  if (found.rows.length * widthOf(found) > MAX_CELLS) {
    throw ConnectorError.of('contract', `The upstream's sheet is larger than ${MAX_CELLS} cells.`);
  }
  return found;
}

const widthOf = ({ rows }: Sheet): number => rows.reduce((most, row) => Math.max(most, row.length), 0);

async function openSheets(bytes: Buffer, sheet: string | undefined): Promise<readonly Sheet[]> {
  try {
    const workbook = await readXlsx(bytes, {
      sheets: ({ name, index }) => (sheet === undefined ? index === 0 : name.normalize('NFC') === sheet),
    });
    return workbook.sheets;
  } catch {
    throw notWorkbook();
  }
}

const notWorkbook = (): UnreadableError => new UnreadableError('a valid Excel workbook');

function toBody(sheet: Sheet, headings: readonly string[]): XlsxBody {
  const rows = fillMerged(sheet).map((row) => row.map(toJson));
  const at = rows.findIndex((row) => headings.every((heading) => row.some((cell) => isHeading(cell, heading))));
  if (at < 0) {
    throw ConnectorError.of('contract', `The upstream's sheet has no row of headings: ${headings.join(', ')}.`);
  }
  const names = (rows[at] ?? []).map((cell) => nameOf(cell));
  const titles = new Set(rows.slice(0, at).flatMap((row) => row.filter((cell) => typeof cell === 'string')));
  const filled = rows.slice(at + 1).filter((row) => row.some((cell) => cell !== null));
  return { titles: [...titles], rows: filled.map((row) => toRecord(names, row)) };
}

/** The rows with the value of each merged cell in all places that it covers. */
function fillMerged(sheet: Sheet): CellValue[][] {
  const { rows, merges = [] } = sheet;
  const width = widthOf(sheet);
  const filled = rows.map((row) => [...row]);
  // Cells are merged once at most, so there are no more to fill than there are.
  let left = rows.length * width;
  for (const { startRow, endRow, startCol, endCol } of merges) {
    const value = rows[startRow]?.[startCol] ?? null;
    // Nobody holds a merge to the rows and columns that there are.
    const covered = filled.slice(startRow, endRow + 1);
    const lastCol = Math.min(endCol, width - 1);
    left -= covered.length * Math.max(0, lastCol - startCol + 1);
    if (left < 0) throw notWorkbook();
    for (const row of covered) {
      for (let column = startCol; column <= lastCol; column += 1) row[column] = value;
    }
  }
  return filled;
}

function toJson(value: CellValue | undefined): Json {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().slice(0, 19);
  return value === undefined || value === '' ? null : (value as Json);
}

const nameOf = (cell: Json): string => (typeof cell === 'string' ? cell.normalize('NFC').trim() : '');
const isHeading = (cell: Json, heading: string): boolean => nameOf(cell) === heading;

function toRecord(names: readonly string[], row: readonly Json[]): Record<string, Json> {
  const named = names.map((name, column): [string, Json] => [name, row[column] ?? null]);
  return Object.fromEntries(named.filter(([name]) => name !== ''));
}
