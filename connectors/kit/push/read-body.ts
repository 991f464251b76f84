import { isUtf8 } from 'node:buffer';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { readCsvBody } from './csv-body.ts';
import { readJsonBody, readJsonLines } from './json-body.ts';
import { PushError } from './push-error.ts';

export type PushFormat = 'json' | 'csv' | 'ndjson';

export const CONTENT_TYPES: Readonly<Record<PushFormat, readonly string[]>> = {
  json: ['application/json'],
  csv: ['text/csv'],
  ndjson: ['application/x-ndjson', 'application/jsonl'],
};

/** What a body holds, and where in it things stand. */
export interface PushBody {
  readonly records: readonly BodyRecord[];
  /** Of a JSON body, the whole of it; undefined for rows. */
  readonly whole?: Json;
  /** The name that the sender has for a member of the records. */
  nameOf(field: string): string;
  /** The line on which a member of a record stands, or the record itself; null where that cannot be told. */
  lineOf(record: BodyRecord, path: readonly PropertyKey[]): number | null;
}

export interface BodyRecord {
  /** From 1. */
  readonly row: number;
  readonly value: Json;
  /** From 1; where it begins. */
  readonly line: number | null;
  /** Why it is no record at all, e.g. a row with too many cells. */
  readonly problem?: string;
}

export interface BodyOptions {
  /** The member of a JSON body that lists the records; without it a list is its records, an object is one. */
  readonly recordsAt?: string | undefined;
  /** Names of CSV columns that mean a field, in lower case. A column without one stands for itself. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  readonly maxRecords: number;
}

/** Reads a body that is in memory as a whole. Throws a `PushError` UNREADABLE with the line where it breaks. */
export function readBody(format: PushFormat, rawBody: Buffer, options: BodyOptions): PushBody {
  const text = strictText(rawBody);
  const body = READERS[format](text, options);
  if (body.records.length === 0) throw PushError.unreadable('There is nothing in it.');
  if (body.records.length > options.maxRecords) {
    const { length } = body.records;
    throw PushError.unreadable(`It has ${length} records; send at most ${options.maxRecords} at a time.`);
  }
  return body;
}

const READERS: Readonly<Record<PushFormat, (text: string, options: BodyOptions) => PushBody>> = {
  json: readJsonBody,
  ndjson: readJsonLines,
  csv: readCsvBody,
};

/** The text without a byte order mark. A byte that is no UTF-8 is never replaced: it would change what was said. */
function strictText(bytes: Buffer): string {
  if (isUtf8(bytes)) return new TextDecoder('utf-8').decode(bytes);
  let line = 1;
  for (let from = 0; ; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const isLast = end === -1;
    if (isLast || !isUtf8(bytes.subarray(from, end))) break;
    from = end + 1;
  }
  throw PushError.unreadable(`It is no UTF-8 on line ${line}.`, { line });
}
