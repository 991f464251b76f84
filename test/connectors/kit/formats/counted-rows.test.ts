import { describe, expect, test } from '@jest/globals';
import { AnswerBody } from '../../../../connectors/kit/http/answer-body.ts';
import { countedRows, csvFormat } from '../../../../connectors/kit/index.ts';

const format = countedRows(csvFormat(), 'X-Rows');
const read = (text: string, rows?: string) =>
  Array.fromAsync(format.read({ headers: rows === undefined ? {} : { 'x-rows': rows }, body: AnswerBody.of(text) }));
const lines = (count: number): string => ['id', ...Array.from({ length: count }, (_, id) => String(id))].join('\n');

describe('rows that are counted', () => {
  test.each([
    { name: 'as many as promised', count: 3 },
    { name: 'none where none are promised', count: 0 },
    { name: 'several lists', count: 4500 },
  ])('$name come as they are', async ({ count }) => {
    const lists = (await read(lines(count), String(count))) as unknown[][];
    expect(lists.flat()).toEqual(Array.from({ length: count }, (_, id) => ({ id: String(id) })));
  });

  test.each([
    { name: 'fewer', count: 2, rows: '3', code: 'UPSTREAM_SYSTEM' },
    { name: 'more', count: 4, rows: '3', code: 'UPSTREAM_SYSTEM' },
    { name: 'a promise that is no number', count: 1, rows: 'một', code: 'UPSTREAM_CONTRACT' },
    { name: 'no promise', count: 1, rows: undefined, code: 'UPSTREAM_CONTRACT' },
  ])('$name is a fault, and the last list is not given', async ({ count, rows, code }) => {
    await expect(read(lines(count), rows)).rejects.toMatchObject({ code });
  });

  test('an error in place of the rows is given as it is', async () => {
    expect(await read('{"loi":"HE_THONG"}')).toEqual([{ loi: 'HE_THONG' }]);
  });

  test('the header is kept with the answer', () => {
    expect(format.headers).toEqual(['x-rows']);
  });
});
