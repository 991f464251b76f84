import { describe, expect, test } from '@jest/globals';
import { nextLink, odataDelta } from '../../../connectors/kit/index.ts';
import type { ODataState } from '../../../connectors/kit/paging/odata.ts';
import type { PageOutcome } from '../../../connectors/kit/paging/paginator.ts';
import { PagingFault } from '../../../connectors/kit/paging/paging-fault.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

const config = { baseUrl: 'https://upstream.test/api' };
const domainNow = new Date('2025-06-30T05:15:00Z');
const answered = (records: unknown[], body: Json): PageOutcome => ({ outcome: 'answered', page: { records, body } });

describe('next links', () => {
  const pages = nextLink<typeof config>({
    maxPages: 3,
    request: () => ({ method: 'GET', path: '/v2/things', query: { size: 2 }, headers: { Accept: 'x' } }),
    linkOf: (body) => (body as { next?: string }).next,
    totalOf: (body) => (body as { total?: number }).total,
  });
  const start = pages.start({ config, memory: undefined, domainNow }) as never;

  test.each([
    { name: 'a whole one', link: 'https://upstream.test/api/v2/things?page=2' },
    { name: 'one from the root', link: '/api/v2/things?page=2' },
    { name: 'one from the list', link: 'things?page=2' },
    { name: 'a query alone', link: '?page=2' },
  ])('$name is followed as it is, with the headers of the first request', ({ link }) => {
    const second = pages.next(start, answered([1, 2], { next: link })) as never;
    expect(pages.request(second, config)).toEqual({
      method: 'GET',
      path: 'https://upstream.test/api/v2/things?page=2',
      headers: { Accept: 'x' },
    });
  });

  test('the page without one is the last', () => {
    expect(pages.next(start, answered([1], {}))).toBeUndefined();
    expect(pages.next(start, answered([1], { next: null }))).toBeUndefined();
  });

  test.each<{ name: string; body: Json; records: Json[] }>([
    { name: 'a link that is none', body: { next: 'http://[' }, records: [1] },
    { name: 'a last page before the promised total', body: { total: 3 }, records: [1] },
    { name: 'more than the promised total', body: { total: 1 }, records: [1, 2] },
    { name: 'an empty page that goes on', body: { next: '?page=2' }, records: [] },
  ])('$name is a fault', ({ body, records }) => {
    expect(() => pages.verify?.(start, { records, body })).toThrow(PagingFault);
  });

  test('a link that leads to its own page, and pages without end, are faults', () => {
    const second = pages.next(start, answered([1], { next: '?page=2' })) as never;
    expect(() => pages.verify?.(second, { records: [2], body: { next: '?page=2' } })).toThrow(/itself/);
    const third = pages.next(second, answered([2], { next: '?page=3' })) as never;
    expect(() => pages.verify?.(third, { records: [3], body: { next: '?page=4' } })).toThrow(/without end/);
  });
});

describe('OData by changes', () => {
  const pages = odataDelta<typeof config>({
    request: () => ({ method: 'GET', path: '/things', query: { $count: 'true' } }),
    refreshAfterMs: () => 60_000,
  });
  const begin = (memory?: Json, now = domainNow) => pages.start({ config, memory, domainNow: now }) as ODataState;
  const page = (value: Json[], more: Record<string, Json> = {}) => ({ records: value, body: { value, ...more } });
  const known = { deltaLink: '/api/things?$deltatoken=a', fullAt: domainNow.toISOString() };

  test('everything is read first, page by page, and the delta link at its end is remembered', () => {
    const first = begin();
    expect([pages.isPartial?.(first), pages.request(first, config).path]).toEqual([false, '/things']);
    const linked = page([1], { '@odata.count': 2, '@odata.nextLink': '?$skiptoken=1' });
    expect(pages.remember?.(undefined, first, { outcome: 'answered', page: linked })).toBeUndefined();
    const second = pages.next(first, { outcome: 'answered', page: linked }) as ODataState;
    const last = page([2], { '@odata.deltaLink': known.deltaLink });
    expect(() => pages.verify?.(second, last)).not.toThrow();
    expect(pages.next(second, { outcome: 'answered', page: last })).toBeUndefined();
    expect(pages.remember?.(undefined, second, { outcome: 'answered', page: last })).toEqual(known);
  });

  test('then changes alone, which make nothing complete', () => {
    const state = begin(known, new Date(domainNow.getTime() + 59_000));
    expect(pages.isPartial?.(state)).toBe(true);
    expect(pages.request(state, config).path).toBe('https://upstream.test/api/things?$deltatoken=a');
    const last = page([], { '@odata.deltaLink': '/api/things?$deltatoken=b' });
    expect(pages.remember?.(known, state, { outcome: 'answered', page: last })).toEqual({
      deltaLink: '/api/things?$deltatoken=b',
      fullAt: known.fullAt,
    });
  });

  test.each([
    { name: 'after the time that is set', memory: known, lateMs: 60_000 },
    { name: 'where the clock went back', memory: known, lateMs: -1 },
    { name: 'where nothing useful is remembered', memory: {}, lateMs: 1 },
  ])('everything is read again $name', ({ memory, lateMs }) => {
    expect(begin(memory, new Date(domainNow.getTime() + lateMs)).isDelta).toBe(false);
  });

  test('a delta link that is no longer taken leads to everything at once', () => {
    const state = begin(known, new Date(domainNow.getTime() + 1000));
    const anew = pages.next(state, { outcome: 'ignored' }) as ODataState;
    expect(anew).toMatchObject({ isDelta: false, link: null, page: 1, fullAt: '2025-06-30T05:15:01.000Z' });
    expect(() => pages.next(anew, { outcome: 'ignored' })).toThrow(/no longer has this list/);
  });

  test('a read with records that are to come again is not followed by a delta', () => {
    const last = page([1], { '@odata.deltaLink': known.deltaLink });
    expect(pages.remember?.(known, begin(), { outcome: 'answered', page: last, hasGap: true })).toEqual({});
  });

  test.each([
    { name: 'records that are missing at the end', body: page([1], { '@odata.count': 2 }) },
    { name: 'a count as text that is not kept to', body: page([1], { '@odata.count': '2' }) },
  ])('$name is a fault', ({ body }) => {
    expect(() => pages.verify?.(begin(), body)).toThrow(PagingFault);
  });

  test('what is no OData is no page', () => {
    expect(() => pages.verify?.(begin(), { records: [], body: { d: [] } })).toThrow(/does not say where it stands/);
  });
});
