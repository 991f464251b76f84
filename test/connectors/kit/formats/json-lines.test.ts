import { describe, expect, test } from '@jest/globals';
import { AnswerBody } from '../../../../connectors/kit/http/answer-body.ts';
import { jsonLinesFormat } from '../../../../connectors/kit/index.ts';
import { UnfinishedError } from '../../../../connectors/kit/unfinished-error.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';

interface Outcome {
  readonly rows: Json[];
  readonly error: unknown;
}

async function read(content: string | Buffer, closes = false, type = 'application/jsonl'): Promise<Outcome> {
  const format = jsonLinesFormat(closes ? { countOf: (line) => (line as { lines?: number } | null)?.lines } : {});
  const rows: Json[] = [];
  try {
    const input = { headers: { 'content-type': type }, body: AnswerBody.of(content) };
    for await (const batch of format.read(input)) rows.push(...(batch as Json[]));
  } catch (error) {
    return { rows, error };
  }
  return { rows, error: undefined };
}

describe('JSON Lines', () => {
  test('are values a line, whatever ends the lines, and the last one needs no end', async () => {
    expect(await read('\ufeff{"a":1}\r\n\n[2]\n"Đ"')).toEqual({ rows: [{ a: 1 }, [2], 'Đ'], error: undefined });
  });

  test('a line that was cut in half stays a text, and the others go on', async () => {
    expect(await read('{"a":1}\n{"a":\n{"a":3}\n')).toEqual({ rows: [{ a: 1 }, '{"a":', { a: 3 }], error: undefined });
  });

  test('the beginning of a last line is left for the next read', async () => {
    const { rows, error } = await read('{"a":1}\n{"a":');
    expect(rows).toEqual([{ a: 1 }]);
    expect(error).toBeInstanceOf(UnfinishedError);
  });

  test('an empty file has no rows', async () => {
    expect(await read('')).toEqual({ rows: [], error: undefined });
  });

  test('lines of a large file come in several lists, in order', async () => {
    const lines = Array.from({ length: 5001 }, (_, index) => index);
    const sizes: number[] = [];
    const input = { headers: {}, body: AnswerBody.of(`${lines.join('\n')}\n`) };
    const rows: Json[] = [];
    for await (const batch of jsonLinesFormat().read(input)) {
      sizes.push((batch as Json[]).length);
      rows.push(...(batch as Json[]));
    }
    expect(rows).toEqual(lines);
    expect(Math.max(...sizes)).toBeLessThan(5001);
  });

  test.each([
    { name: 'a web page', content: '<html></html>', message: /HTML/ },
    { name: 'a byte that is no UTF-8', content: Buffer.from([0x22, 0xff, 0x22]), message: /UTF-8/ },
  ])('$name is no such file', async ({ content, message }) => {
    expect((await read(content)).error).toMatchObject({
      code: 'UPSTREAM_SYSTEM',
      message: expect.stringMatching(message),
    });
  });

  test('a JSON document in place of lines is given as it is', async () => {
    const input = { headers: { 'content-type': 'application/json' }, body: AnswerBody.of('{\n"error":1\n}') };
    expect(await Array.fromAsync(jsonLinesFormat().read(input))).toEqual([{ error: 1 }]);
  });
});

describe('JSON Lines with a line that closes the file', () => {
  test('leave it out, and count lines that were cut too', async () => {
    expect(await read('{"a":1}\n{"a":\n{"lines":2}\n', true)).toEqual({ rows: [{ a: 1 }, '{"a":'], error: undefined });
  });

  test.each([
    { name: 'fewer lines than promised', content: '{"a":1}\n{"lines":2}\n' },
    { name: 'more lines than promised', content: '{"a":1}\n{"a":2}\n{"lines":1}\n' },
  ])('$name are told before any row is given, so that the file is asked for again', async ({ content }) => {
    const { rows, error } = await read(content, true);
    expect([rows, error]).toEqual([[], expect.objectContaining({ code: 'UPSTREAM_SYSTEM', retryable: true })]);
  });

  test.each([
    { name: 'no closing line', content: '{"a":1}\n' },
    { name: 'a closing line that is cut', content: '{"a":1}\n{"lin' },
    { name: 'a line after the closing one', content: '{"lines":0}\n{"a":1}\n' },
  ])('with $name the file is still being written: what came is given', async ({ content }) => {
    const { rows, error } = await read(content, true);
    expect(rows).toEqual([{ a: 1 }]);
    expect(error).toBeInstanceOf(UnfinishedError);
  });
});
