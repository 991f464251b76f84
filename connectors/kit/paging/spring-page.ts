import * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../connector-error.ts';
import type { HttpRequest } from '../http/http-types.ts';
import type { DecodedPage, Paginator, PagingInput } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

export interface SpringPageOptions<Config> {
  readonly request: (config: Config, from: Json) => HttpRequest;
  /** For incremental streams: from where to read, fixed for all pages of one read. Default null. */
  readonly from?: (input: PagingInput<Config>) => Json;
  /** Records a page. */
  readonly size: number;
  /** An upstream that claims more pages pages without end. Default 1,000. */
  readonly maxPages?: number;
  /** For incremental streams: kept as the memory once the last page is stored. */
  readonly memoryAtEnd?: (input: PagingInput<Config>) => Json;
}

type SpringState = { page: number; seen: number; total: number | null; from: Json; atEnd: Json };

/** Numbers come as text from some installations. */
const frame = z.object({
  number: z.coerce.number().int(),
  totalPages: z.coerce.number().int().nonnegative(),
  totalElements: z.coerce.number().int().nonnegative(),
  last: z.boolean(),
});

/**
 * Pages in the manner of Spring Data: `?page=0&size=50` gives `{content, number, totalPages, totalElements, last}`. A page
 * with another number, one that is short before the last, and a last page after which records are missing are asked for
 * again.
 */
export function springPage<Config>(options: SpringPageOptions<Config>): Paginator<Config, SpringState> {
  const maxPages = options.maxPages ?? 1000;
  return {
    name: 'spring-page',
    start: (input) => ({
      page: 0,
      seen: 0,
      total: null,
      from: options.from?.(input) ?? null,
      atEnd: options.memoryAtEnd?.(input) ?? null,
    }),
    request(state, config) {
      const request = options.request(config, state.from);
      return { ...request, query: { ...request.query, page: state.page, size: options.size } };
    },
    verify: (state, page) => verify(state, page, options.size, maxPages),
    next(state, { page }) {
      if (!page) return undefined;
      const { last, totalElements: total } = frame.parse(page.body);
      return last ? undefined : { ...state, page: state.page + 1, seen: state.seen + page.records.length, total };
    },
    remember: (memory, state, { page }) => (page && frame.parse(page.body).last ? (state.atEnd ?? undefined) : memory),
  };
}

function verify(state: SpringState, { body, records }: DecodedPage, size: number, maxPages: number): void {
  const parsed = frame.safeParse(body);
  if (!parsed.success) throw ConnectorError.of('contract', "The upstream's page does not say where it stands.");
  const { number, totalPages, totalElements, last } = parsed.data;
  const wrong = (what: string): PagingFault => new PagingFault(what, `page ${state.page}`);
  if (totalPages > maxPages) throw wrong(`it claims ${totalPages} pages`);
  if (number !== state.page) throw wrong(`page ${state.page} was asked for and ${number} came`);
  if (state.total !== null && state.total !== totalElements) {
    throw new PagingFault(`the list went from ${state.total} to ${totalElements}`, `page ${state.page}`, 'list');
  }
  if (!last && records.length < size) throw wrong('a page before the last is short');
  if (last !== state.page + 1 >= totalPages) throw wrong('the last page is not where it should be');
  if (last && state.seen + records.length !== totalElements) {
    throw wrong(`${totalElements} records were promised and ${state.seen + records.length} came`);
  }
}
