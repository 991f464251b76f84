import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { EncodedBody } from './upstream.ts';

export function encodeJson(body: Json): EncodedBody {
  return { type: 'application/json; charset=utf-8', payload: JSON.stringify(body) };
}

export interface CsvStyle {
  /** Default `,`. */
  readonly delimiter?: string;
  /** Whether the file begins with a byte order mark. Default false. */
  readonly bom?: boolean;
  /** The columns and their order; default as they come in the rows. */
  readonly columns?: readonly string[];
}

/** A list of rows as CSV; anything else, an error that takes their place, as JSON. */
export function encodeCsv(body: Json, style: CsvStyle = {}): EncodedBody {
  return Array.isArray(body) ? { type: 'text/csv; charset=utf-8', payload: toCsv(body, style) } : encodeJson(body);
}

function toCsv(rows: readonly Json[], { delimiter = ',', bom = false, columns: given }: CsvStyle): string {
  const records = rows as readonly Readonly<Record<string, Json>>[];
  // A field that a fault adds comes after the columns that there should be.
  const columns = [...new Set([...(given ?? []), ...records.flatMap((record) => Object.keys(record))])];
  const cell = (value: Json | undefined): string => {
    const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
    return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = records.map((record) => columns.map((column) => cell(record[column])).join(delimiter));
  return `${bom ? '\ufeff' : ''}${[columns.join(delimiter), ...lines].join('\r\n')}\r\n`;
}
