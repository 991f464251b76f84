import { ConnectorError } from '../connector-error.ts';
import type { FormatInput } from './format.ts';
import { UnreadableError } from './unreadable-error.ts';

/** The whole text. Throws as {@link textChunks} does. */
export async function wholeText(input: FormatInput): Promise<string> {
  return (await Array.fromAsync(textChunks(input))).join('');
}

export interface TextOptions {
  /** Whether text that begins with `<` is data. Default false: it is a login or maintenance page in place of data. */
  readonly isMarkup?: boolean;
}

/**
 * The text piece by piece, without a byte order mark. Throws UPSTREAM_SYSTEM for a web page in place of data and for
 * bytes that are no UTF-8: these pass by themselves more often than not, so they may be tried again.
 */
export async function* textChunks(
  { body }: FormatInput,
  options: TextOptions = {},
): AsyncGenerator<string, void, undefined> {
  if (!options.isMarkup && /^\s*</.test(body.beginning())) throw notData();
  // Not the decoder's stream: that one ignores what follows an error inside a chunk.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of body.chunks()) {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== '') yield text;
    }
    decoder.decode();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new UnreadableError('valid UTF-8');
  }
}

/** A login or maintenance page with HTTP 200. */
export function notData(): ConnectorError {
  return ConnectorError.of('system', 'The upstream answered with a web page instead of data.', 'HTML instead of data');
}

/** Whether a body is JSON, as far as its beginning tells: an object or a list. */
export function looksLikeJson({ body }: FormatInput): boolean {
  return /^\ufeff?\s*[{[]/.test(body.beginning());
}
