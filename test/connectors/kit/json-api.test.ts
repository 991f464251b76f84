import { describe, expect, test } from '@jest/globals';
import { jsonApiErrorCode, jsonApiNext, jsonApiRecords } from '../../../connectors/kit/index.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

const province = { type: 'provinces', id: '19' };
const system = { type: 'systems', id: 'a' };

describe('JSON:API records', () => {
  const document = (data: Json[], included: Json[] = []): Json => ({ data, included });

  test('have their attributes and the included resources that they point to', () => {
    const one = {
      ...system,
      attributes: { code: 'QLVB', id: 'not the id' },
      relationships: {
        province: { data: province },
        partners: {
          data: [
            { type: 'companies', id: 'BT' },
            { type: 'companies', id: 'FPT' },
          ],
        },
        owner: { data: null },
        links: { links: { related: '/x' } },
      },
      meta: { a: 1 },
    };
    const included = [
      { ...province, attributes: { name: 'Thái Nguyên' } },
      { type: 'companies', id: 'BT', attributes: { name: 'BT' } },
    ];
    expect(jsonApiRecords(document([one], included))).toEqual([
      {
        ...system,
        code: 'QLVB',
        province: { ...province, name: 'Thái Nguyên' },
        partners: [
          { type: 'companies', id: 'BT', name: 'BT' },
          { type: 'companies', id: 'FPT' },
        ],
        owner: null,
        meta: { a: 1 },
      },
    ]);
  });

  test('are trees where resources point at each other', () => {
    const back = { ...province, relationships: { systems: { data: [system] } } };
    const records = jsonApiRecords(document([{ ...system, relationships: { province: { data: province } } }], [back]));
    expect(records).toEqual([{ ...system, province: { ...province, systems: [system] } }]);
    expect(() => JSON.stringify(records)).not.toThrow();
  });

  test('end where a chain of resources does not', () => {
    const link = (index: number) => ({ type: 'links', id: String(index) });
    const chain = Array.from({ length: 100 }, (_, index) => ({
      ...link(index),
      relationships: { next: { data: link(index + 1) } },
    }));
    expect(JSON.stringify(jsonApiRecords(document(chain.slice(0, 1), chain))).length).toBeLessThan(400);
  });

  test('are not written out without end where everything points to everything', () => {
    const all = Array.from({ length: 40 }, (_, index) => ({ type: 'systems', id: String(index) }));
    const entangled = all.map((one) => ({ ...one, relationships: { neighbours: { data: all } } }));
    expect(() => jsonApiRecords(document(entangled))).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_CONTRACT', message: expect.stringContaining('50000') }),
    );
  });

  test('leave what is no resource to its contract', () => {
    expect(jsonApiRecords(document(['x', { id: 1 }, null]))).toEqual(['x', { id: 1 }, null]);
  });

  test('are not looked for in a document without data', () => {
    expect(() => jsonApiRecords({ errors: [] })).toThrow();
  });
});

test.each<{ name: string; links: Json; is: unknown }>([
  { name: 'a text', links: { next: '/a?page=2' }, is: '/a?page=2' },
  { name: 'an object', links: { next: { href: '/a?page=2', meta: {} } }, is: '/a?page=2' },
  { name: 'null on the last page', links: { next: null }, is: null },
  { name: 'missing on the last page', links: {}, is: undefined },
])('the link to the next page is $name', ({ links, is }) => {
  expect(jsonApiNext({ data: [], links })).toBe(is);
});

test.each<{ name: string; body: Json; is: unknown }>([
  { name: 'the code of the first error', body: { errors: [{ code: 'A', status: '500' }, { code: 'B' }] }, is: 'A' },
  { name: 'its status where it has no code', body: { errors: [{ status: 404 }] }, is: '404' },
  { name: 'unknown where it has neither', body: { errors: [{}] }, is: 'unknown' },
  { name: 'none in a document of data', body: { data: [] }, is: undefined },
])('the error code is $name', ({ body, is }) => {
  expect(jsonApiErrorCode(body)).toBe(is);
});
