import { parse } from 'csv-parse/sync';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../connector-error.ts';
import { decodeJson, decodeText } from './decode-json.ts';
import type { HttpAnswer } from './http-types.ts';

/**
 * The rows of a CSV file, each an object by the names of the header, so that columns may change their order. A row with
 * more or fewer cells than the header stays a list: its contract rejects it as it is, and the other rows go on. What is
 * JSON in place of the file, an error that came with HTTP 200, is given as JSON. Throws as {@link decodeJson} does.
 */
export function decodeCsv(answer: HttpAnswer): Json {
  const text = decodeText(answer);
  if (/^\s*[{[]/.test(text)) return decodeJson(answer);
  const [header = [], ...lines] = parseRows(text);
  return lines.map((cells) =>
    cells.length === header.length ? Object.fromEntries(cells.map((cell, at) => [header[at], cell])) : cells,
  );
}

function parseRows(text: string): string[][] {
  try {
    return parse(text, { skip_empty_lines: true, relax_column_count: true });
  } catch {
    throw ConnectorError.of('system', "The upstream's answer is not valid CSV.");
  }
}
