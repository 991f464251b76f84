import { aFunction, checkOptions } from '../check-options.ts';
import type { HttpRequest } from '../http/http-types.ts';
import { listProgress } from './counted-list.ts';
import { aPageSize, listChecks } from './list-options.ts';
import type { DecodedPage, Paginator } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

export interface RowNumberOptions<Config> {
  readonly request: (position: { pageIndex: number; size: number }, config: Config) => HttpRequest;
  /** Records a page. */
  readonly size: number;
  /** The running number of a record from 1; NaN where there is none. */
  readonly rowNumberOf: (record: unknown) => number;
  /** How many there are in all, where a record says so. */
  readonly totalOf?: (record: unknown) => number | undefined;
  /** Default 1,000. */
  readonly maxPages?: number;
}

const CHECKS = {
  request: aFunction,
  size: aPageSize,
  rowNumberOf: aFunction,
  totalOf: aFunction.optional(),
  maxPages: listChecks.maxPages,
};

type RowNumberState = { pageIndex: number; seen: number; total: number | null };

/**
 * Pages by index of an upstream that numbers its rows and has no last page: asked for more than there is, it gives the
 * last page again or an empty one. The list is through with a page that is not full, or with one whose row numbers do not
 * go on. Where a total was promised it ends there and nowhere else: a page that is short, missing or repeated before is a
 * fault. Row numbers that leave some out are one always, and so is a list without a record.
 */
export function rowNumberPage<Config>(options: RowNumberOptions<Config>): Paginator<Config, RowNumberState> {
  checkOptions<RowNumberOptions<Config>>('row-number', CHECKS, options);
  const { size, rowNumberOf, totalOf = () => undefined, maxPages = 1000 } = options;
  const totalIn = (state: RowNumberState, { records }: DecodedPage): number | null =>
    records.map(totalOf).find((total) => total !== undefined && Number.isInteger(total)) ?? state.total;

  const isPastEnd = (state: RowNumberState, page: DecodedPage): boolean =>
    state.seen > 0 &&
    totalIn(state, page) === null &&
    page.records.length > 0 &&
    page.records.every((record) => rowNumberOf(record) <= state.seen);

  const verify = (state: RowNumberState, page: DecodedPage): void => {
    const wrong = (what: string): PagingFault => new PagingFault(what, `page ${state.pageIndex}`);
    const total = totalIn(state, page);
    const seen = state.seen + page.records.length;
    if (seen === 0) throw wrong('the list is empty');
    if (state.pageIndex > maxPages || (total ?? 0) > maxPages * size) throw wrong('it pages without end');
    if (state.total !== null && total !== state.total) {
      throw new PagingFault(`the list went from ${state.total} to ${total}`, `page ${state.pageIndex}`, 'list');
    }
    const numbers = page.records.map(rowNumberOf).filter((number) => !Number.isNaN(number));
    if (numbers.some((number) => number <= state.seen || number > seen)) throw wrong('its row numbers do not go on');
    if (total === null) return;
    if (seen > total || (page.records.length < size && seen < total)) {
      throw wrong(`${total} records were promised and ${seen} came`);
    }
  };

  return {
    name: 'row-number',
    start: () => ({ pageIndex: 1, seen: 0, total: null }),
    request: ({ pageIndex }, config) => options.request({ pageIndex, size }, config),
    isPastEnd,
    verify,
    progress: (state, { page }) => listProgress(state, page, (one) => totalIn(state, one)),
    next(state, { page }) {
      if (!page) return undefined;
      const total = totalIn(state, page);
      const seen = state.seen + page.records.length;
      const isEnd = total === null ? page.records.length < size : seen >= total;
      return isEnd ? undefined : { pageIndex: state.pageIndex + 1, seen, total };
    },
  };
}
