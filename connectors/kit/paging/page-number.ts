import * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import type { HttpRequest } from '../http/http-types.ts';
import { listProgress, verifyCount } from './counted-list.ts';
import { aPageSize, checkListOptions, listChecks } from './list-options.ts';
import type { DecodedPage, PageOutcome, Paginator, PagingInput } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

/** What a page says about where it stands. */
export interface PageNumberFrame {
  /** Its own number. */
  readonly page: number;
  /** How many pages there are. */
  readonly pages: number;
  /** How many records there are in all. */
  readonly total: number;
  /** Whether it is the last, where the upstream says so too. */
  readonly isLast?: boolean;
}

export interface PageNumberOptions<Config> {
  /** Some upstreams ask by `offset`, how many records come before the page. */
  readonly request: (
    position: { page: number; offset: number; size: number; from: Json },
    config: Config,
  ) => HttpRequest;
  /** Undefined for a body that does not say. */
  readonly frameOf: (body: Json) => PageNumberFrame | undefined;
  /** Records a page. */
  readonly size: number;
  /** The number of the first page. Default 1. */
  readonly first?: number;
  /** For incremental streams: from where to read, fixed for all pages of one read. Default null. */
  readonly from?: (input: PagingInput<Config>) => Json;
  /** For incremental streams: kept as the memory once the last page is stored. */
  readonly memoryAtEnd?: (input: PagingInput<Config>) => Json;
  /** An upstream that claims more pages pages without end. Default 1,000. */
  readonly maxPages?: number;
}

const CHECKS = {
  ...listChecks,
  request: aFunction,
  frameOf: aFunction,
  size: aPageSize,
  first: z.int().min(0).optional(),
};

export type PageNumberState = { page: number; seen: number; total: number | null; from: Json; atEnd: Json };

/**
 * Pages by number, each of which says which it is, how many there are and how many records in all. A page with another
 * number, one that is short before the last, and a last page after which records are missing are asked for again.
 */
export function pageNumber<Config>(options: PageNumberOptions<Config>): Paginator<Config, PageNumberState> {
  const { size, first = 1, maxPages = 1000 } = options;
  checkListOptions<PageNumberOptions<Config>>('page-number', CHECKS, options);
  const frameOf = (body: Json): PageNumberFrame => {
    const frame = options.frameOf(body);
    if (frame) return frame;
    throw ConnectorError.of('contract', "The upstream's page does not say where it stands.");
  };
  const isLast = ({ page, pages }: PageNumberFrame): boolean => page - first + 1 >= pages;
  const verify = (state: PageNumberState, { body, records }: DecodedPage): void => {
    const frame = frameOf(body);
    const place = `page ${state.page}`;
    const wrong = (what: string): PagingFault => new PagingFault(what, place);
    if (frame.pages > maxPages) throw wrong(`it claims ${frame.pages} pages`);
    if (frame.page !== state.page) throw wrong(`page ${state.page} was asked for and ${frame.page} came`);
    if (!isLast(frame) && records.length < size) throw wrong('a page before the last is short');
    if (frame.isLast !== undefined && frame.isLast !== isLast(frame)) {
      throw wrong('the last page is not where it should be');
    }
    verifyCount(state, { records: records.length, total: frame.total, isLast: isLast(frame) }, place);
  };
  return {
    name: 'page-number',
    isRanged: options.from !== undefined,
    ...(options.from && { begin: options.from }),
    start: (input) => ({
      page: first,
      seen: 0,
      total: null,
      from: options.from?.(input) ?? null,
      atEnd: options.memoryAtEnd?.(input) ?? null,
    }),
    request: ({ page, from }, config) => options.request({ page, offset: (page - first) * size, size, from }, config),
    verify,
    next(state, { page }) {
      const frame = page && frameOf(page.body);
      if (!frame || isLast(frame)) return undefined;
      return { ...state, page: state.page + 1, seen: state.seen + page.records.length, total: frame.total };
    },
    progress: (state, { page }) => listProgress(state, page, ({ body }) => frameOf(body).total),
    ...(options.memoryAtEnd && {
      remember: (memory: Json | undefined, { atEnd }: PageNumberState, { page }: PageOutcome) =>
        page && isLast(frameOf(page.body)) ? atEnd : memory,
    }),
  };
}
