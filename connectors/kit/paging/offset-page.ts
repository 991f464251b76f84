import type { HttpRequest } from '../http/http-types.ts';
import type { DecodedPage, Paginator } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

export interface OffsetPageOptions<Config> {
  readonly request: (position: { pageIndex: number; offset: number; size: number }, config: Config) => HttpRequest;
  /** Records a page. */
  readonly size: number;
  /** The running number of a record from 1, by which a page that does not advance is told; NaN where there is none. */
  readonly rowNumberOf: (record: unknown) => number;
  /** How many there are in all, where the record says so. */
  readonly totalOf: (record: unknown) => number | undefined;
  /** Default 1,000. */
  readonly maxPages?: number;
}

type OffsetState = { pageIndex: number; seen: number; total: number | null };

/**
 * Pages by index and size, without a word about which is the last: it ends with the promised total, or where none was
 * promised with a page that is not full. A first page without records counts as a fault, since these lists are never
 * empty.
 */
export function offsetPage<Config>(options: OffsetPageOptions<Config>): Paginator<Config, OffsetState> {
  const { size } = options;
  const maxPages = options.maxPages ?? 1000;
  const totalIn = (state: OffsetState, page: DecodedPage): number | null => {
    const stated = page.records.map(options.totalOf).find((total) => total !== undefined && Number.isInteger(total));
    return stated ?? state.total;
  };
  const verify = (state: OffsetState, page: DecodedPage): void => {
    const wrong = (what: string): PagingFault => new PagingFault(what, `page ${state.pageIndex}`);
    const total = totalIn(state, page);
    const seen = state.seen + page.records.length;
    if (seen === 0) throw wrong('the list is empty');
    if (state.pageIndex > maxPages || (total ?? 0) > maxPages * size) throw wrong('it pages without end');
    const rowNumbers = page.records.map(options.rowNumberOf).filter((number) => !Number.isNaN(number));
    const isElsewhere = rowNumbers.some((number) => number <= state.seen || number > state.seen + size);
    if (isElsewhere) throw wrong('it gives another page than was asked for');
    if (total !== null && page.records.length < size && seen < total)
      throw wrong(`${total} records were promised and ${seen} came`);
  };
  return {
    name: 'offset-page',
    start: () => ({ pageIndex: 1, seen: 0, total: null }),
    request: ({ pageIndex }, config) => options.request({ pageIndex, offset: (pageIndex - 1) * size, size }, config),
    verify,
    next(state, { page }) {
      if (!page) return undefined;
      const total = totalIn(state, page);
      const seen = state.seen + page.records.length;
      const isEnd = total === null ? page.records.length < size : seen >= total;
      return isEnd ? undefined : { pageIndex: state.pageIndex + 1, seen, total };
    },
  };
}
