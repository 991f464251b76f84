import { describe, expect, test } from '@jest/globals';
import { addDays, documentPerDay, rowNumberPage, springPage } from '../../../connectors/kit/index.ts';
import type { PageOutcome } from '../../../connectors/kit/paging/paginator.ts';
import { PagingFault } from '../../../connectors/kit/paging/paging-fault.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

const domainNow = new Date('2025-06-30T05:15:00Z');
const input = (memory?: Json) => ({ config: {}, memory, domainNow });
const get = () => ({ method: 'GET', path: '/x' }) as const;

describe('Spring pages', () => {
  const pages = springPage({ size: 2, maxPages: 10, request: get });
  const start = pages.start(input());
  const page = (frame: object, records: unknown[]) => ({
    records,
    body: { number: 0, totalPages: 2, totalElements: 3, last: false, content: records, ...frame } as Json,
  });

  test('follow each other to the last', () => {
    expect(pages.request(start as never, {}).query).toEqual({ page: 0, size: 2 });
    const second = pages.next(start as never, { outcome: 'answered', page: page({}, [1, 2]) });
    expect(second).toMatchObject({ page: 1, seen: 2, total: 3 });
    const last = page({ number: 1, last: true }, [3]);
    expect(() => pages.verify?.(second as never, last)).not.toThrow();
    expect(pages.next(second as never, { outcome: 'answered', page: last })).toBeUndefined();
  });

  test.each([
    { name: 'another page than was asked for', frame: { number: 1 }, records: [1, 2] },
    { name: 'a short page before the last', frame: {}, records: [1] },
    { name: 'a last page before its time', frame: { last: true }, records: [1, 2] },
    { name: 'pages without end', frame: { totalPages: 99_999 }, records: [1, 2] },
    { name: 'records that are missing at the end', frame: { last: true, totalPages: 1 }, records: [1, 2] },
  ])('$name is a fault', ({ frame, records }) => {
    expect(() => pages.verify?.(start as never, page(frame, records))).toThrow(PagingFault);
  });

  test('a total that changes between pages means that the list moved', () => {
    const state = { page: 1, seen: 2, total: 5, from: null, atEnd: null };
    const moved = page({ number: 1, last: true }, [3]);
    expect(() => pages.verify?.(state as never, moved)).toThrow(/from 5 to 3/);
  });

  test('numbers as text are taken', () => {
    const body = page({ number: '0', totalPages: '2', totalElements: '3' }, [1, 2]);
    expect(() => pages.verify?.(start as never, body)).not.toThrow();
  });
});

describe('pages by index', () => {
  const row = (rowNumber: number, total?: number) => ({ ROW_STT: rowNumber, TOTAL: total });
  const pages = rowNumberPage({
    size: 2,
    maxPages: 10,
    request: ({ pageIndex }) => ({ ...get(), query: { pageIndex } }),
    rowNumberOf: (record) => (record as { ROW_STT: number }).ROW_STT,
    totalOf: (record) => (record as { TOTAL?: number }).TOTAL,
  });
  const page = (records: unknown[]) => ({ records, body: null });
  const first = { pageIndex: 1, seen: 0, total: null };

  test.each([
    { name: 'go on while the total is not reached', state: first, records: [row(1, 3), row(2, 3)], next: 2 },
    { name: 'end with the total', state: { pageIndex: 2, seen: 2, total: 3 }, records: [row(3)], next: undefined },
    { name: 'without a total end with a page that is not full', state: first, records: [row(1)], next: undefined },
    { name: 'without a total go on after a full page', state: first, records: [row(1), row(2)], next: 2 },
  ])('$name', ({ state, records, next }) => {
    expect(() => pages.verify?.(state as never, page(records))).not.toThrow();
    const following = pages.next(state as never, { outcome: 'answered', page: page(records) }) as {
      pageIndex?: number;
    };
    expect(following?.pageIndex).toBe(next);
  });

  test.each([
    { name: 'an empty list', state: first, records: [] },
    { name: 'a page that does not advance', state: { pageIndex: 2, seen: 2, total: 4 }, records: [row(1), row(2)] },
    { name: 'a page that skips', state: first, records: [row(3), row(4)] },
    { name: 'a short page before the total', state: first, records: [row(1, 5)] },
    { name: 'a missing page before the total', state: { pageIndex: 2, seen: 2, total: 4 }, records: [] },
    { name: 'a total beyond the page budget', state: first, records: [row(1, 999), row(2, 999)] },
  ])('$name is a fault', ({ state, records }) => {
    expect(() => pages.verify?.(state as never, page(records))).toThrow(PagingFault);
  });
});

describe('a document a day', () => {
  const days = documentPerDay({
    request: (day) => ({ ...get(), query: { day } }),
    dayOf: (body) => (body as { day?: string }).day,
    firstDay: () => '2025-06-25',
    repeatDays: 3,
    patienceDays: 14,
  });
  const daysFrom = (memory?: Json, now = domainNow): string[] => {
    const asked: string[] = [];
    for (
      let state = days.start({ ...input(memory), domainNow: now });
      state;
      state = days.next(state, { outcome: 'answered' })
    ) {
      asked.push(String(days.request(state, {}).query?.day));
    }
    return asked;
  };

  test.each([
    {
      name: 'the first time from the first day to today',
      memory: undefined,
      expected: ['25', '26', '27', '28', '29', '30'],
    },
    {
      name: 'then the newest three and what follows',
      memory: { lastDay: '2025-06-29', missing: [] },
      expected: ['27', '28', '29', '30'],
    },
    {
      name: 'and days that did not come',
      memory: { lastDay: '2025-06-30', missing: ['2025-06-26'] },
      expected: ['26', '28', '29', '30'],
    },
    {
      name: 'but not for ever',
      memory: { lastDay: '2025-06-30', missing: ['2025-06-01'] },
      expected: ['28', '29', '30'],
    },
  ])('$name', ({ memory, expected }) => {
    expect(daysFrom(memory)).toEqual(expected.map((day) => `2025-06-${day}`));
  });

  test('is not asked for days that came to nothing long ago, however long there has been none', () => {
    // Silent since 2024, and asked for every day of it.
    const missing = Array.from({ length: 60 }, (_, nth) => addDays('2025-05-02', nth));
    const asked = daysFrom({ lastDay: '2024-06-30', missing });
    expect(asked).toEqual(Array.from({ length: 15 }, (_, nth) => addDays('2025-06-16', nth)));
  });

  test('is asked for all days that were never asked for, however old', () => {
    const asked = daysFrom({ lastDay: '2025-06-25', missing: ['2025-06-26'] }, new Date('2025-07-30T05:15:00Z'));
    expect([asked[0], asked[1], asked.at(-1)]).toEqual(['2025-06-25', '2025-06-27', '2025-07-30']);
    expect(asked).toHaveLength(35);
  });

  test('none of which has ever come in all its patience is a wrong address', () => {
    const read = (outcomes: readonly PageOutcome['outcome'][], memory?: Json) => {
      const firstDay = new Date('2025-07-09T05:15:00Z');
      let state = days.start({ ...input(memory), domainNow: firstDay });
      for (const outcome of outcomes) state = state && days.next(state, { outcome });
      return state;
    };
    const none = Array.from({ length: 15 }, () => 'ignored' as const);
    expect(() => read(none)).toThrow(/no document of any of the 15 days.*check the base URL/);
    expect(() => read(none, { missing: ['2025-06-25'] })).toThrow(/check the base URL/);
    expect(read(['answered', ...none.slice(1)])).toBeUndefined();
    expect(read(none, { lastDay: '2025-06-25', missing: [] })).toBeUndefined();
  });

  test('is waited for where the first of them is yet to be written', () => {
    let state = days.start(input());
    while (state) state = days.next(state, { outcome: 'ignored' });
    expect(state).toBeUndefined();
  });

  test('that is late is asked for again, also where it is the first', () => {
    let memory: Json | undefined;
    for (const [day, outcome] of [
      ['2025-06-25', 'ignored'],
      ['2025-06-26', 'ignored'],
      ['2025-06-29', 'answered'],
    ] as const) {
      memory = days.remember?.(memory, { day, rest: [], of: 1, isKnown: false }, { outcome });
    }
    expect(memory).toEqual({ lastDay: '2025-06-29', missing: ['2025-06-25', '2025-06-26'] });
  });

  test('remembers the newest day that came and those that did not', () => {
    let memory: Json | undefined;
    for (const [day, outcome] of [
      ['28', 'answered'],
      ['29', 'ignored'],
      ['30', 'not-modified'],
    ] as const) {
      memory = days.remember?.(memory, { day: `2025-06-${day}`, rest: [], of: 1, isKnown: true }, { outcome });
    }
    expect(memory).toEqual({ lastDay: '2025-06-30', missing: ['2025-06-29'] });
    const after = days.remember?.(
      memory,
      { day: '2025-06-29', rest: [], of: 1, isKnown: true },
      { outcome: 'answered' },
    );
    expect(after).toEqual({ lastDay: '2025-06-30', missing: [] });
  });

  test('may come once a week, counted from the first day', () => {
    const weeks = documentPerDay({
      request: (day) => ({ ...get(), path: `/${day}` }),
      dayOf: () => undefined,
      firstDay: () => '2025-06-13',
      everyDays: 7,
      repeatDays: 1,
      patienceDays: 56,
    });
    expect(weeks.start(input())).toEqual({
      day: '2025-06-13',
      rest: ['2025-06-20', '2025-06-27'],
      of: 3,
      isKnown: false,
    });
    const memory = { lastDay: '2025-06-27', missing: ['2025-06-20'] };
    expect(weeks.start(input(memory))).toEqual({ day: '2025-06-20', rest: ['2025-06-27'], of: 2, isKnown: true });
  });

  test('refuses the document of another day', () => {
    const page = { records: [], body: { day: '2025-06-26' } };
    expect(() => days.verify?.({ day: '2025-06-27', rest: [], of: 1, isKnown: true }, page)).toThrow(
      /document of 2025-06-26/,
    );
  });
});
