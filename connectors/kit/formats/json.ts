import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../connector-error.ts';
import type { Format, FormatInput } from './format.ts';
import { wholeText } from './text-of.ts';

/** One JSON document. */
export function jsonFormat(): Format {
  return {
    name: 'json',
    accept: 'application/json',
    async *read(input) {
      yield await readJson(input);
    },
  };
}

/** The JSON of an answer. Throws UPSTREAM_SYSTEM for a web page, for what is no UTF-8, and for broken JSON. */
export async function readJson(input: FormatInput): Promise<Json> {
  const text = await wholeText(input);
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw ConnectorError.of('system', "The upstream's answer is not valid JSON.");
  }
}
