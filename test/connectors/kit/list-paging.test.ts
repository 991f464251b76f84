import { describe, expect, test } from '@jest/globals';
import { type CursorFrame, cursorPage, pageNumber, springPage } from '../../../connectors/kit/index.ts';
import type { Paginator } from '../../../connectors/kit/paging/paginator.ts';
import { PagingFault } from '../../../connectors/kit/paging/paging-fault.ts';
import { relayPage } from '../../../connectors/kit/paging/relay-page.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

const input = { config: {}, memory: undefined, domainNow: new Date('2025-06-30T05:15:00Z') };
const memory = { from: () => 'monday', memoryAtEnd: () => 'tuesday' };

/** The states that follow the first, page by page, and what is remembered after the last of them. */
function walk<State extends Json>(pages: Paginator<object, State>, answers: { body: Json; records: unknown[] }[]) {
  let state = pages.start(input);
  let remembered: Json | undefined = 'sunday';
  const requests: Json[] = [];
  for (const page of answers) {
    if (state === undefined) throw new Error('the walk is at its end');
    const { path, query, json } = pages.request(state, {});
    requests.push({ path, ...(query && { query }), ...(json !== undefined && { json }) });
    pages.verify?.(state, page);
    remembered = pages.remember?.(remembered, state, { outcome: 'answered', page });
    state = pages.next(state, { outcome: 'answered', page });
  }
  return { requests, state, remembered };
}

describe('pages by an opaque cursor', () => {
  const pages = cursorPage<object>({
    ...memory,
    maxPages: 3,
    request: ({ cursor, from }) => ({
      method: 'GET',
      path: '/x',
      query: { from: `${from}`, ...(cursor && { cursor }) },
    }),
    frameOf: (body) => (body as { frame?: CursorFrame }).frame,
  });
  const page = (frame: CursorFrame | undefined, count: number) => ({
    body: { ...(frame && { frame: frame as unknown as Json }) },
    records: Array.from({ length: count }, (_, index) => index),
  });

  test('follow the cursor to the page that names none, from the same moment, and remember the end', () => {
    const { requests, state, remembered } = walk(pages, [
      page({ next: 'b', total: 3 }, 2),
      page({ next: null, total: 3 }, 1),
    ]);
    expect(requests).toEqual([
      { path: '/x', query: { from: 'monday' } },
      { path: '/x', query: { from: 'monday', cursor: 'b' } },
    ]);
    expect([state, remembered]).toEqual([undefined, 'tuesday']);
  });

  test.each([
    { name: 'on the first page', gaps: [true, false] },
    { name: 'on the last page', gaps: [false, true] },
  ])('remember what was before where there is a gap $name', ({ gaps: [first = false, last = false] }) => {
    const answers = [page({ next: 'b', hasGap: first }, 2), page({ next: null, hasGap: last }, 1)];
    expect(walk(pages, answers).remembered).toBe('sunday');
  });

  test('end where the list is not modified', () => {
    expect(pages.next(pages.start(input) as never, { outcome: 'not-modified' })).toBeUndefined();
  });

  test.each([
    { name: 'a cursor that leads to its own page', answers: [page({ next: 'b' }, 2), page({ next: 'b' }, 2)] },
    { name: 'an empty cursor', answers: [page({ next: '' }, 2)] },
    { name: 'a cursor beyond all measure', answers: [page({ next: 'x'.repeat(5000) }, 2)] },
    { name: 'an empty page before the last', answers: [page({ next: 'b' }, 0)] },
    { name: 'pages without end', answers: ['b', 'c', 'd'].map((next) => page({ next }, 2)) },
    { name: 'fewer than promised', answers: [page({ next: 'b', total: 4 }, 2), page({ next: null, total: 4 }, 1)] },
    { name: 'more than promised', answers: [page({ next: 'b', total: 1 }, 2)] },
  ])('$name is a fault of the page', ({ answers }) => {
    expect(() => walk(pages, answers)).toThrow(expect.objectContaining({ again: 'page' }));
  });

  test('a total that changes means that the list moved', () => {
    const answers = [page({ next: 'b', total: 4 }, 2), page({ next: null, total: 3 }, 1)];
    expect(() => walk(pages, answers)).toThrow(expect.objectContaining({ again: 'list' }));
  });

  test('a page that does not say where it stands breaks the contract', () => {
    expect(() => walk(pages, [page(undefined, 2)])).toThrow(expect.objectContaining({ code: 'UPSTREAM_CONTRACT' }));
  });
});

describe('Relay connections', () => {
  const pages = relayPage<object>({
    ...memory,
    path: '/graphql',
    document: 'query Q($first: Int!, $after: String, $since: String!) { a { b } }',
    connection: ['a', 'b'],
    size: 2,
    variables: (_config, since) => ({ since }),
  });
  const page = (pageInfo: { hasNextPage: boolean; endCursor?: string }, count: number, errors?: Json) => ({
    body: {
      data: { a: { b: { totalCount: 3, pageInfo, edges: Array.from({ length: count }, () => ({ node: {} })) } } },
      ...(errors !== undefined && { errors }),
    } as Json,
    records: Array.from({ length: count }),
  });
  const [first, last] = [page({ hasNextPage: true, endCursor: 'c2' }, 2), page({ hasNextPage: false }, 1)];

  test('go on after the end cursor, with the variables of the document', () => {
    const { requests, state, remembered } = walk(pages, [first, last]);
    const asked = requests.map((request) => (request as { json: { variables: Json } }).json.variables);
    expect(asked).toEqual([
      { since: 'monday', first: 2, after: null },
      { since: 'monday', first: 2, after: 'c2' },
    ]);
    expect([state, remembered]).toEqual([undefined, 'tuesday']);
  });

  test('are remembered as they were while something could not be given', () => {
    const gap = page({ hasNextPage: true, endCursor: 'c2' }, 2, [{ message: 'away', path: ['a', 'b', 'edges', 1] }]);
    expect(walk(pages, [gap, last]).remembered).toBe('sunday');
    expect(walk(pages, [page({ hasNextPage: true, endCursor: 'c2' }, 2, []), last]).remembered).toBe('tuesday');
  });

  test('that go on without a cursor are a fault', () => {
    expect(() => walk(pages, [page({ hasNextPage: true }, 2)])).toThrow(PagingFault);
  });
});

describe('pages by number', () => {
  const pages = pageNumber<object>({
    ...memory,
    size: 2,
    maxPages: 10,
    request: ({ page, size, from }) => ({ method: 'GET', path: '/x', query: { page, size, from: `${from}` } }),
    frameOf: (body) => (body as { frame?: { page: number; pages: number; total: number; isLast?: boolean } }).frame,
  });
  const page = (frame: Json, count: number) => ({ body: { frame }, records: Array.from({ length: count }) });

  test('follow each other to the last', () => {
    const answers = [page({ page: 1, pages: 2, total: 3 }, 2), page({ page: 2, pages: 2, total: 3, isLast: true }, 1)];
    const { requests, state, remembered } = walk(pages, answers);
    expect(requests.map((request) => (request as { query: Json }).query)).toEqual([
      { page: 1, size: 2, from: 'monday' },
      { page: 2, size: 2, from: 'monday' },
    ]);
    expect([state, remembered]).toEqual([undefined, 'tuesday']);
  });

  test('may be none at all', () => {
    expect(walk(pages, [page({ page: 1, pages: 0, total: 0 }, 0)]).state).toBeUndefined();
  });

  test.each<{ name: string; frame: Json; count: number }>([
    { name: 'another page than was asked for', frame: { page: 2, pages: 2, total: 3 }, count: 1 },
    { name: 'a short page before the last', frame: { page: 1, pages: 2, total: 3 }, count: 1 },
    { name: 'a last page before its time', frame: { page: 1, pages: 2, total: 3, isLast: true }, count: 2 },
    { name: 'records that are missing at the end', frame: { page: 1, pages: 1, total: 2 }, count: 1 },
    { name: 'pages without end', frame: { page: 1, pages: 11, total: 22 }, count: 2 },
  ])('$name is a fault', ({ frame, count }) => {
    expect(() => walk(pages, [page(frame, count)])).toThrow(PagingFault);
  });
});

describe('options that make no sense', () => {
  const page = { size: 2, request: () => ({ method: 'GET', path: '/x' }) as const, frameOf: () => undefined };
  const connection = { path: '/x', connection: ['a'], size: 2 };
  test.each([
    { name: 'pages without records', make: () => pageNumber({ ...page, size: 0 }), reason: /at least one record/ },
    { name: 'no page at all', make: () => cursorPage({ ...page, maxPages: 0 }), reason: /at least one page/ },
    {
      name: 'a beginning that never moves on',
      make: () => springPage({ ...page, from: () => null }),
      reason: /same moment for ever/,
    },
    {
      name: 'a memory that nobody reads',
      make: () => cursorPage({ ...page, memoryAtEnd: () => null }),
      reason: /never used/,
    },
    {
      name: 'a document that does not page',
      make: () => relayPage({ ...connection, document: 'query($first: Int!) { a }' }),
      reason: /no variable \$after/,
    },
  ])('$name is refused when the connector loads', ({ make, reason }) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(reason);
  });
});
