import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { AnswerBody } from '../http/answer-body.ts';

/** An answer as a format reads it. */
export interface FormatInput {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AnswerBody;
}

/**
 * How the body of a success is read. A format of whole documents gives one body. A row format gives lists of rows one
 * after another, at least one list, which may be empty; so a large file never stands in memory as a whole.
 *
 * Throws a `ConnectorError` where the body is not of the format: `system`, so that it is asked for again, for what may
 * pass by itself (a login page, a broken byte). What is JSON in place of another format, an error that came with HTTP 200,
 * is given as it is.
 */
export interface Format {
  readonly name: string;
  /** The Accept header. */
  readonly accept: string;
  /** Headers that `read` looks at beside the usual ones, in lower case: they are kept with the answer, so that it can be read again. */
  readonly headers?: readonly string[];
  /** How many rows the answer has, where its headers say so. */
  rowsIn?(headers: FormatInput['headers']): number | undefined;
  read(answer: FormatInput): AsyncIterable<Json>;
}
