import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { inBatches } from './batches.ts';
import type { Format, FormatInput } from './format.ts';
import { readJson } from './json.ts';
import { looksLikeJson, textChunks } from './text-of.ts';
import { UnreadableError } from './unreadable-error.ts';

export interface CsvOptions {
  /** Default `,`. */
  readonly delimiter?: string;
}

const CHECKS: OptionChecks<CsvOptions> = { delimiter: aText.optional() };

/**
 * The rows of a CSV file, each an object by the names of the header, so that columns may change their order. A row with
 * more or fewer cells than the header stays a list: its contract rejects it as it is, and the other rows go on. A byte
 * order mark is left out, and names are in NFC. Row format: large files are read as a stream.
 */
export function csvFormat(options: CsvOptions = {}): Format {
  checkOptions('csv', CHECKS, options);
  return {
    name: 'csv',
    accept: 'text/csv, application/json;q=0.5',
    async *read(input) {
      if (looksLikeJson(input)) yield await readJson(input);
      else yield* inBatches(readRows(input, options));
    },
  };
}

async function* readRows(input: FormatInput, { delimiter = ',' }: CsvOptions): AsyncGenerator<Json, void, undefined> {
  const text = Readable.from(textChunks(input));
  const parser = parse({ bom: true, delimiter, skip_empty_lines: true, relax_column_count: true });
  // A stream that breaks does not tell those that it is piped into.
  text.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  try {
    for await (const cells of text.pipe(parser) as AsyncIterable<string[]>) {
      if (header) yield toRow(header, cells);
      else header = cells.map((name) => name.normalize('NFC'));
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableError('valid CSV');
    throw error;
  } finally {
    text.destroy();
    parser.destroy();
  }
}

function toRow(header: readonly string[], cells: readonly string[]): Json {
  if (cells.length !== header.length) return [...cells];
  return Object.fromEntries(header.map((name, index) => [name, cells[index] as string]));
}
