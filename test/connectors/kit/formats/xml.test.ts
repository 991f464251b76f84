import { describe, expect, test } from '@jest/globals';
import { xmlFormat } from '../../../../connectors/kit/formats/xml.ts';
import { AnswerBody } from '../../../../connectors/kit/http/answer-body.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';

async function read(content: Buffer | string): Promise<Json[]> {
  const body = AnswerBody.of(content);
  return Array.fromAsync(xmlFormat().read({ headers: {}, body }));
}

describe('the XML format', () => {
  test('gives a document as one body, with or without a byte order mark', async () => {
    const text = '<?xml version="1.0" encoding="UTF-8"?>\n<a><b>Huế</b></a>';
    expect(await read(text)).toEqual([{ a: { b: 'Huế' } }]);
    expect(await read(`\ufeff${text}`)).toEqual([{ a: { b: 'Huế' } }]);
  });

  test('gives an error that came as JSON as it is', async () => {
    expect(await read(' {"maLoi": 7}')).toEqual([{ maLoi: 7 }]);
  });

  test.each([
    { name: 'bytes that are no UTF-8', content: Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]) },
    { name: 'a web page', content: '<!DOCTYPE html><html></html>' },
    { name: 'text', content: 'Lỗi' },
    { name: 'nothing', content: '' },
  ])('refuses $name, and it may be asked for again', async ({ content }) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'UPSTREAM_SYSTEM', retryable: true });
  });
});
