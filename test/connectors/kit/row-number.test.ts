import { describe, expect, test } from '@jest/globals';
import { rowNumberPage } from '../../../connectors/kit/index.ts';
import { PagingFault } from '../../../connectors/kit/paging/paging-fault.ts';

interface Row {
  readonly stt: number;
  readonly total?: number;
}
const rows = (from: number, to: number, total?: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    stt: from + index,
    ...(total !== undefined && { total }),
  }));
const pages = rowNumberPage({
  size: 3,
  maxPages: 5,
  request: ({ pageIndex, size }) => ({ method: 'POST', path: '/', form: { trang: `${pageIndex}`, so: `${size}` } }),
  rowNumberOf: (record) => (record as Row).stt,
  totalOf: (record) => (record as Row).total,
});

/** Reads a list whose pages are given in order; what a fault says stands for the rest. */
function readList(list: readonly (readonly Row[])[]): { rows: number[]; pages: number; fault?: string } {
  const read: number[] = [];
  let state = pages.start({ config: {}, memory: undefined, domainNow: new Date(0) });
  for (let count = 0; ; count += 1) {
    if (state === undefined) return { rows: read, pages: count };
    const given = { records: list[count] ?? [], body: null };
    const page = pages.isPastEnd?.(state, given) ? { records: [], body: null } : given;
    try {
      pages.verify?.(state, page);
    } catch (error) {
      if (!(error instanceof PagingFault)) throw error;
      return { rows: read, pages: count, fault: error.message };
    }
    read.push(...page.records.map(({ stt }) => stt as number));
    state = pages.next(state, { outcome: 'answered', page });
  }
}

describe('pages of numbered rows', () => {
  test('are asked for by their index and size', () => {
    expect(pages.request({ pageIndex: 4, seen: 9, total: null }, {}).form).toEqual({ trang: '4', so: '3' });
  });

  test.each([
    { name: 'end with a page that is not full', list: [rows(1, 3), rows(4, 5)], pages: 2, count: 5 },
    { name: 'end with an empty page', list: [rows(1, 3), []], pages: 2, count: 3 },
    { name: 'end where the rows do not go on', list: [rows(1, 3), rows(4, 6), rows(4, 6)], pages: 3, count: 6 },
    { name: 'end with the total', list: [rows(1, 3, 6), rows(4, 6), rows(4, 6)], pages: 2, count: 6 },
    { name: 'may be one that is not full', list: [rows(1, 2)], pages: 1, count: 2 },
  ])('$name', ({ list, pages: count, count: last }) => {
    expect(readList(list)).toEqual({ rows: rows(1, last).map(({ stt }) => stt), pages: count });
  });

  test.each([
    { name: 'an empty list', list: [[]], fault: /the list is empty/ },
    { name: 'rows that are left out', list: [rows(1, 3), rows(7, 9)], fault: /do not go on/ },
    { name: 'a page that is repeated before the total', list: [rows(1, 3, 9), rows(1, 3, 9)], fault: /do not go on/ },
    { name: 'a page that is partly repeated', list: [rows(1, 3), rows(3, 5)], fault: /do not go on/ },
    { name: 'a short page before the total', list: [rows(1, 3, 9), rows(4, 5)], fault: /9 records .* 5 came/ },
    { name: 'a missing page before the total', list: [rows(1, 3, 9), []], fault: /9 records .* 3 came/ },
    { name: 'more than the total', list: [rows(1, 3, 2)], fault: /2 records .* 3 came/ },
    { name: 'a total that moves', list: [rows(1, 3, 9), rows(4, 6, 10)], fault: /from 9 to 10/ },
    { name: 'a total beyond all bounds', list: [rows(1, 3, 999)], fault: /without end/ },
    {
      name: 'pages beyond the budget',
      list: Array.from({ length: 9 }, (_, index) => rows(3 * index + 1, 3 * index + 3)),
      fault: /without end/,
    },
  ])('$name is a fault', ({ list, fault }) => {
    expect(readList(list).fault).toMatch(fault);
  });
});
