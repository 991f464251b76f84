import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction, checkOptions, type OptionChecks } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import { UnfinishedError } from '../unfinished-error.ts';
import { inBatches } from './batches.ts';
import type { Format, FormatInput } from './format.ts';
import { readJson } from './json.ts';
import { textChunks } from './text-of.ts';

export interface JsonLinesOptions {
  /**
   * How many lines a line says to stand before it: the upstream closes a file that it has written to its end with such a
   * line. Undefined for any other line, and for upstreams that close nothing.
   */
  readonly countOf?: (line: Json) => number | undefined;
}

const CHECKS: OptionChecks<JsonLinesOptions> = { countOf: aFunction.optional() };

/** A line as long as this is no line: the file is something else. */
const MAX_LINE_LENGTH = 16 * 2 ** 20;

/**
 * JSON Lines: one value a line. A line that is no JSON, such as one that was cut in half, stays a text: its contract
 * rejects it as it is, and the other lines go on. The beginning of a last line whose rest is not there yet is left out,
 * since it comes whole with the next read. Row format: large files are read as a stream.
 *
 * Throws {@link UnfinishedError} after the rows of a file that is still being written: one with such a last line, or with
 * `countOf` one that is not closed. Throws UPSTREAM_SYSTEM before the last rows where other than the promised lines came.
 */
export function jsonLinesFormat(options: JsonLinesOptions = {}): Format {
  checkOptions('json-lines', CHECKS, options);
  const { countOf } = options;
  return {
    name: 'json-lines',
    accept: 'application/jsonl, application/x-ndjson, application/json;q=0.5',
    async *read(input) {
      // A document in place of lines: an error that came with HTTP 200.
      if (/^application\/([a-z.-]+\+)?json\b/.test(input.headers['content-type'] ?? '')) {
        yield await readJson(input);
        return;
      }
      const end = { isClosed: countOf === undefined };
      yield* inBatches(readLines(input, countOf, end));
      if (!end.isClosed)
        throw new UnfinishedError('The file is still being written; the next run reads the rest of it.');
    },
  };
}

async function* readLines(
  input: FormatInput,
  countOf: JsonLinesOptions['countOf'],
  end: { isClosed: boolean },
): AsyncGenerator<Json, void, undefined> {
  let count = 0;
  for await (const { text, isWhole } of splitLines(textChunks(input))) {
    const line = parseLine(text);
    const promised = line === undefined ? undefined : countOf?.(line);
    if (promised !== undefined) {
      if (promised !== count) throw wrongCount(promised, count);
      end.isClosed = true;
      continue;
    }
    count += 1;
    const isCut = line === undefined && !isWhole;
    // Nothing may follow the line that closes the file.
    end.isClosed = countOf === undefined && !isCut;
    if (!isCut) yield line ?? text;
  }
}

const wrongCount = (promised: number, count: number): ConnectorError =>
  ConnectorError.of('system', `The upstream's file promises ${promised} lines and has ${count}.`);

interface Line {
  readonly text: string;
  /** False for a last one without a line break. */
  readonly isWhole: boolean;
}

/** Lines that are not empty. */
async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<Line, void, undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    if (rest.length > MAX_LINE_LENGTH) throw ConnectorError.of('contract', 'The upstream sends a line without end.');
    for (const text of lines) if (text.trim() !== '') yield { text, isWhole: true };
  }
  if (rest.trim() !== '') yield { text: rest, isWhole: false };
}

function parseLine(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
