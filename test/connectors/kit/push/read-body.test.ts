import { describe, expect, test } from '@jest/globals';
import { PushError } from '../../../../connectors/kit/push/push-error.ts';
import { type PushFormat, readBody } from '../../../../connectors/kit/push/read-body.ts';

const options = { maxRecords: 5, columns: { 'mã tỉnh': 'province', province: 'province', 'ghi chú': 'note' } };
const read = (format: PushFormat, text: string | Buffer, over: object = {}) =>
  readBody(format, Buffer.from(text as string), { ...options, ...over });
const valuesOf = (format: PushFormat, text: string, over: object = {}) =>
  read(format, text, over).records.map(({ value }) => value);

describe('the records of a body', () => {
  test.each<{ name: string; format: PushFormat; text: string; over?: object; values: unknown[] }>([
    { name: 'a JSON object is one', format: 'json', text: '{"a": 1}', values: [{ a: 1 }] },
    { name: 'a JSON list is its members', format: 'json', text: '[{"a": 1}, 2]', values: [{ a: 1 }, 2] },
    {
      name: 'a member may list them',
      format: 'json',
      text: '{"rows": [1, 2]}',
      over: { recordsAt: 'rows' },
      values: [1, 2],
    },
    { name: 'a byte order mark is none of it', format: 'json', text: '\ufeff[1]', values: [1] },
    { name: 'JSON lines, empty ones left out', format: 'ndjson', text: '1\n\n{"a":2}\r\n', values: [1, { a: 2 }] },
    { name: 'CSV with commas', format: 'csv', text: 'province,x\n01,2\n', values: [{ province: '01', x: '2' }] },
    {
      name: 'CSV with semicolons, whose cells may have commas',
      format: 'csv',
      text: 'Mã tỉnh;Ghi chú\r\n01;"một, hai"\r\n',
      values: [{ province: '01', note: 'một, hai' }],
    },
    {
      name: 'column names in NFD and capitals',
      format: 'csv',
      text: `${'MÃ TỈNH'.normalize('NFD')}\n01\n`,
      values: [{ province: '01' }],
    },
    {
      name: 'columns that are called as what every object has',
      format: 'csv',
      text: 'constructor,__proto__,province\n1,2,01\n',
      values: [JSON.parse('{"constructor": "1", "__proto__": "2", "province": "01"}')],
    },
    { name: 'empty cells say nothing', format: 'csv', text: 'province,note\n01, \n', values: [{ province: '01' }] },
    {
      name: 'a short row says nothing of the rest',
      format: 'csv',
      text: 'province,note\n01\n',
      values: [{ province: '01' }],
    },
    {
      name: 'what a spreadsheet leaves behind',
      format: 'csv',
      text: 'province,,\n01,,\n,,\n',
      values: [{ province: '01' }],
    },
  ])('$name', ({ format, text, over, values }) => {
    expect(valuesOf(format, text, over)).toEqual(values);
  });

  test('have their lines found at once, however many there are', () => {
    const body = read('json', JSON.stringify(Array(50_000).fill({ a: 1, b: 2 }), null, 1), { maxRecords: 50_000 });
    const before = performance.now();
    const lines = body.records.map((record) => body.lineOf(record, ['b']));
    // Counted from the beginning for each record this takes half a minute.
    expect(performance.now() - before).toBeLessThan(5_000);
    expect([lines[0], lines[49_999]]).toEqual([4, 200_000]);
  });

  test('have the line on which they begin, also after cells of several lines', () => {
    const { records } = read('csv', 'province,note\n01,"a\nb"\n\n02,c\n');
    expect(records.map(({ line }) => line)).toEqual([2, 5]);
    const spreadsheet = read('csv', 'province,note\r\n01,"a\r\nb\r\n\r\nc"\r\n\r\n02,đ\r\n03,"c\r\nd"').records;
    expect(spreadsheet.map(({ line }) => line)).toEqual([2, 7, 8]);
    expect(read('csv', 'province\r01\r02').records.map(({ line }) => line)).toEqual([2, 3]);
    const body = read('json', '[\n {"a": 1},\n {"a":\n  2}\n]');
    const [first, second] = body.records;
    expect(body.lineOf(first as never, ['a'])).toBe(2);
    expect(body.lineOf(second as never, ['a'])).toBe(4);
    expect(body.lineOf(second as never, ['missing'])).toBe(3);
    expect(body.lineOf(second as never, [])).toBe(3);
  });

  test('keep the name that the sender has for a field', () => {
    expect(read('csv', 'Mã tỉnh\n01\n').nameOf('province')).toBe('Mã tỉnh');
    expect(read('csv', 'Mã tỉnh\n01\n').nameOf('system')).toBe('system');
  });

  test('a row with cells beyond the header is no record, and the others stay', () => {
    const { records } = read('csv', 'province\n01,thừa\n02\n');
    expect(records).toMatchObject([
      { problem: expect.stringContaining('2 cells'), line: 2 },
      { value: { province: '02' } },
    ]);
  });
});

describe('a body that cannot be read tells the line', () => {
  test.each<{ name: string; format: PushFormat; text: string | Buffer; line: number | null; reason: RegExp }>([
    { name: 'broken JSON', format: 'json', text: '{\n "a": }', line: 2, reason: /no JSON: value expected on line 2/ },
    { name: 'JSON with something after it', format: 'json', text: '{}\n{}', line: 2, reason: /no JSON/ },
    { name: 'a trailing comma', format: 'json', text: '[1,\n]', line: 2, reason: /no JSON/ },
    { name: 'nothing', format: 'json', text: '', line: 1, reason: /no JSON/ },
    { name: 'an empty list', format: 'json', text: '[]', line: null, reason: /nothing in it/ },
    { name: 'JSON that nests', format: 'json', text: '['.repeat(60), line: 1, reason: /60 levels/ },
    { name: 'a broken line', format: 'ndjson', text: '1\n{\n', line: 2, reason: /no JSON/ },
    { name: 'an open quote', format: 'csv', text: 'a,b\n1,"2\n3\n', line: 2, reason: /quote.* on line 2/ },
    {
      name: 'a quote that the next one seems to close',
      format: 'csv',
      text: 'a,b\r\n"1",""\r\n1,"2\r\n3,"4"\r\n',
      line: 3,
      reason: /quote/,
    },
    { name: 'a quote within a cell', format: 'csv', text: 'a,b\n"1\r\n1",2\n1,2"3\n', line: 4, reason: /quote/ },
    {
      name: 'more columns than any report has',
      format: 'csv',
      text: `${'a,'.repeat(1_000)}b\n1`,
      line: 1,
      reason: /1001 columns; send at most 1000/,
    },
    { name: 'a header alone', format: 'csv', text: 'a,b\n', line: null, reason: /nothing in it/ },
    {
      name: 'two columns of one field',
      format: 'csv',
      text: 'province,Mã tỉnh\n1,2\n',
      line: 1,
      reason: /Two columns/,
    },
    {
      name: 'bytes that are no UTF-8',
      format: 'csv',
      text: Buffer.from([0x61, 0x0a, 0x31, 0x0a, 0xff]),
      line: 3,
      reason: /no UTF-8 on line 3/,
    },
    {
      name: 'too many records',
      format: 'ndjson',
      text: '1\n'.repeat(6),
      line: null,
      reason: /6 records; send at most 5/,
    },
  ])('$name', ({ format, text, line, reason }) => {
    const error = caught(() => read(format, text));
    expect(error).toBeInstanceOf(PushError);
    expect(error).toMatchObject({ code: 'UNREADABLE', message: expect.stringMatching(reason), problems: [{ line }] });
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
