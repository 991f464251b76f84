import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../connector-error.ts';
import { AnswerBody } from '../http/answer-body.ts';
import type { HttpAnswer } from '../http/http-types.ts';
import type { Format, FormatInput } from './format.ts';
import { wholeText } from './text-of.ts';
import { UnreadableError } from './unreadable-error.ts';

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
    throw new UnreadableError('valid JSON');
  }
}

/** The JSON of an answer to a sign-in. Throws UPSTREAM_SYSTEM as {@link readJson} does. */
export async function signInJson({ headers, body }: HttpAnswer): Promise<Json> {
  try {
    return await readJson({ headers, body: AnswerBody.of(body) });
  } catch (error) {
    // It says nothing of what was to be read once signed in.
    throw error instanceof UnreadableError ? ConnectorError.of('system', error.userMessage) : error;
  }
}
