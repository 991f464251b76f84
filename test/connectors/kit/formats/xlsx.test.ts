import { describe, expect, test } from '@jest/globals';
import { type WriteSheet, writeXlsx } from 'hucre/xlsx';
import { unpackedBytes } from '../../../../connectors/kit/formats/zip-size.ts';
import { AnswerBody } from '../../../../connectors/kit/http/answer-body.ts';
import { type XlsxBody, xlsxFormat } from '../../../../connectors/kit/index.ts';
import { encodeXlsx } from '../../../../connectors/kit/sandbox/encode-xlsx.ts';

const headings = ['Tỉnh', 'Số'];
const options = { headings };

async function read(content: Buffer | string, given: Parameters<typeof xlsxFormat>[0] = options): Promise<XlsxBody> {
  const bodies = await Array.fromAsync(xlsxFormat(given).read({ headers: {}, body: AnswerBody.of(content) }));
  return bodies[0] as unknown as XlsxBody;
}

async function workbook(...sheets: (Partial<WriteSheet> & Pick<WriteSheet, 'rows'>)[]): Promise<Buffer> {
  return Buffer.from(await writeXlsx({ sheets: sheets.map((sheet, at) => ({ name: `Trang ${at + 1}`, ...sheet })) }));
}

describe('a workbook', () => {
  test('gives titles and rows by heading, in whatever order the columns stand', async () => {
    const content = await workbook({
      rows: [
        ['BÁO CÁO'],
        [null],
        ['Ghi chú', 'Số', 'Tỉnh'],
        [null, 12, 'Đà Nẵng'],
        [null, null, null],
        ['x', '1,5', true],
      ],
    });
    expect(await read(content)).toEqual({
      titles: ['BÁO CÁO'],
      rows: [
        { 'Ghi chú': null, Số: 12, Tỉnh: 'Đà Nẵng' },
        { 'Ghi chú': 'x', Số: '1,5', Tỉnh: true },
      ],
    });
  });

  test('has the value of a merged cell in each that it covers, and no other blank is filled', async () => {
    const content = await workbook({
      rows: [
        ['Tỉnh', 'Số'],
        ['Huế', 1],
        [null, 2],
        [null, 3],
      ],
      merges: [{ startRow: 1, endRow: 2, startCol: 0, endCol: 0 }],
    });
    expect((await read(content)).rows).toEqual([
      { Tỉnh: 'Huế', Số: 1 },
      { Tỉnh: 'Huế', Số: 2 },
      { Tỉnh: null, Số: 3 },
    ]);
  });

  test('gives a formatted date as local time and an unformatted one as a number', async () => {
    const { payload } = await encodeXlsx({
      name: 'Trang',
      titles: ['Ngày 27/06/2025'],
      columns: headings,
      rows: [{ Tỉnh: '2025-06-27T08:00:00', Số: 45835.5 }],
      dates: ['Tỉnh'],
    });
    expect((await read(payload as Buffer)).rows).toEqual([{ Tỉnh: '2025-06-27T08:00:00', Số: 45835.5 }]);
  });

  test('takes headings in NFD, and the sheet that is named', async () => {
    const rows = [
      ['Tỉnh'.normalize('NFD'), 'Số'],
      ['Huế', 1],
    ];
    const content = await workbook({ rows: [['khác']] }, { name: 'Số liệu'.normalize('NFD'), rows });
    expect((await read(content, { headings, sheet: 'Số liệu' })).rows).toEqual([{ Tỉnh: 'Huế', Số: 1 }]);
  });

  test.each([
    { name: 'a sheet that is not there', given: { headings, sheet: 'Khác' }, message: /no sheet Khác/ },
    { name: 'headings that are not there', given: { headings: ['Xã'] }, message: /no row of headings: Xã/ },
    { name: 'one that is too large unpacked', given: { headings, maxUnpackedBytes: 1000 }, message: /too large/ },
  ])('$name breaks the contract', async ({ given, message }) => {
    const content = await workbook({
      rows: [
        ['Tỉnh', 'Số'],
        ['Huế', 1],
      ],
    });
    await expect(read(content, given)).rejects.toMatchObject({
      code: 'UPSTREAM_CONTRACT',
      message: expect.stringMatching(message),
    });
  });

  test('two cells in far corners are not made into millions', async () => {
    const content = await workbook({
      rows: [
        ['Tỉnh', 'Số'],
        ['Huế', 1],
      ],
      cells: new Map([['1999,1500', { value: 1 }]]),
    });
    await expect(read(content)).rejects.toThrow(/cells|too large/);
  });

  test.each([
    { name: 'a web page', content: '<html></html>', message: /HTML/ },
    { name: 'text', content: 'Tỉnh;Số', message: /not a valid Excel workbook/ },
    { name: 'nothing', content: '', message: /not a valid Excel workbook/ },
  ])('$name is none, and may pass', async ({ content, message }) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'UPSTREAM_SYSTEM',
      message: expect.stringMatching(message),
    });
  });

  test('one that broke off, or has a wrong byte in it, is none', async () => {
    const content = await workbook({
      rows: [
        ['Tỉnh', 'Số'],
        ['Huế', 1],
      ],
    });
    await expect(read(content.subarray(0, content.length / 2))).rejects.toMatchObject({ code: 'UPSTREAM_SYSTEM' });
    const middle = Math.floor(content.length / 2);
    const broken = Buffer.concat([content.subarray(0, middle), Buffer.from([0xff]), content.subarray(middle)]);
    await expect(read(broken)).rejects.toMatchObject({ code: 'UPSTREAM_SYSTEM' });
  });

  test('with cells that are merged over and over is none: to fill them would never end', async () => {
    const all = { startRow: 0, endRow: 1_048_575, startCol: 0, endCol: 16_383 };
    const content = await workbook({
      rows: [
        ['Tỉnh', 'Số'],
        ['Huế', 1],
      ],
      merges: [all, all],
    });
    await expect(read(content)).rejects.toMatchObject({ code: 'UPSTREAM_SYSTEM' });
  });

  test('JSON in its place is given as it is', async () => {
    expect(await read('{"loi":1}')).toEqual({ loi: 1 });
  });
});

test('a format without headings is refused when it is declared', () => {
  expect(() => xlsxFormat({ headings: [] })).toThrow(/without headings/);
});

describe('what an archive says that it unpacks to', () => {
  const part = 46 + 1;
  const archive = (parts: { packed: number; unpacked: number; flags?: number }[], count = parts.length): Buffer => {
    const bytes = Buffer.alloc(parts.length * part + 22);
    for (const [index, { packed, unpacked, flags = 0 }] of parts.entries()) {
      bytes.writeUInt32LE(0x02014b50, index * part);
      bytes.writeUInt16LE(flags, index * part + 8);
      bytes.writeUInt32LE(packed, index * part + 20);
      bytes.writeUInt32LE(unpacked, index * part + 24);
      bytes.writeUInt16LE(1, index * part + 28);
    }
    bytes.writeUInt32LE(0x06054b50, parts.length * part);
    bytes.writeUInt16LE(count, parts.length * part + 10);
    return bytes;
  };

  test.each([
    {
      name: 'the sum of its parts',
      bytes: archive([
        { packed: 1, unpacked: 10 },
        { packed: 0, unpacked: 0 },
      ]),
      is: 10,
    },
    { name: 'endless for a part that says nothing', bytes: archive([{ packed: 9, unpacked: 0 }]), is: Infinity },
    {
      name: 'endless for one that says it later',
      bytes: archive([{ packed: 0, unpacked: 9, flags: 8 }]),
      is: Infinity,
    },
    { name: 'endless beyond 4 GiB', bytes: archive([{ packed: 9, unpacked: 0xffffffff }]), is: Infinity },
    { name: 'endless for more parts than can be counted', bytes: archive([], 0xffff), is: Infinity },
    { name: 'unknown for a directory that is cut', bytes: archive([{ packed: 1, unpacked: 1 }], 2), is: undefined },
    { name: 'unknown for what is no archive', bytes: Buffer.alloc(100), is: undefined },
  ])('is $name', ({ bytes, is }) => {
    expect(unpackedBytes(bytes)).toBe(is);
  });
});
