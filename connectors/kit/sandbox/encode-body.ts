import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { SandboxAnswer } from './upstream.ts';

/** The body of an answer as it is sent: JSON, or CSV where that is the format and faults have left a list of rows. */
export function encodeBody({ body, format }: SandboxAnswer): { type: string; payload: string } {
  if (format === 'csv' && Array.isArray(body)) return { type: 'text/csv; charset=utf-8', payload: toCsv(body) };
  return { type: 'application/json; charset=utf-8', payload: body === undefined ? '' : JSON.stringify(body) };
}

function toCsv(rows: readonly Json[]): string {
  const records = rows as readonly Readonly<Record<string, Json>>[];
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const lines = records.map((record) => columns.map((column) => toCell(record[column])).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

function toCell(value: Json | undefined): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
