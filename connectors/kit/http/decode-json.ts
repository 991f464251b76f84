import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../connector-error.ts';
import type { HttpAnswer } from './http-types.ts';

/**
 * The text of an answer. Throws UPSTREAM_SYSTEM for HTML (a login or maintenance page with status 200) and for bytes
 * that are no UTF-8: these pass by themselves more often than not, so they may be tried again.
 */
export function decodeText(answer: HttpAnswer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(answer.body);
  } catch {
    throw ConnectorError.of('system', "The upstream's answer is not valid UTF-8.");
  }
  if (/^\s*</.test(text)) {
    throw ConnectorError.of('system', 'The upstream answered with a web page instead of data.', 'HTML instead of data');
  }
  return text;
}

/** The JSON of an answer. Throws as {@link decodeText} does, and UPSTREAM_SYSTEM for broken JSON. */
export function decodeJson(answer: HttpAnswer): Json {
  const text = decodeText(answer);
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw ConnectorError.of('system', "The upstream's answer is not valid JSON.");
  }
}
