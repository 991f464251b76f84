import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import type { HttpRequest } from '../http/http-types.ts';
import { listProgress, verifyCount } from './counted-list.ts';
import { checkListOptions, listChecks } from './list-options.ts';
import type { DecodedPage, PageOutcome, Paginator, PagingInput } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

/** What a page says about where it stands. */
export interface CursorFrame {
  /** The cursor of the page after it; null on the last. */
  readonly next: string | null;
  /** Records in all, where the upstream tells. */
  readonly total?: number | undefined;
  /** The page itself says that it lacks something: then {@link CursorPageOptions.memoryAtEnd} is not kept. */
  readonly hasGap?: boolean;
}

export interface CursorPageOptions<Config> {
  /** `cursor` is undefined for the first page. */
  readonly request: (position: { cursor: string | undefined; from: Json }, config: Config) => HttpRequest;
  /** Undefined for a body that does not say. */
  readonly frameOf: (body: Json) => CursorFrame | undefined;
  /** For incremental streams: from where to read, fixed for all pages of one read. Default null. */
  readonly from?: (input: PagingInput<Config>) => Json;
  /** For incremental streams: kept as the memory once the last page is stored. */
  readonly memoryAtEnd?: (input: PagingInput<Config>) => Json;
  /** More pages count as paging without end. Default 1,000. */
  readonly maxPages?: number;
}

export type CursorState = {
  cursor: string | null;
  page: number;
  seen: number;
  total: number | null;
  hasGap: boolean;
  from: Json;
  atEnd: Json;
};

const CHECKS = { ...listChecks, request: aFunction, frameOf: aFunction };

/** Longer ones are no cursor, and would stand in each checkpoint. */
const MAX_CURSOR_LENGTH = 4096;

/**
 * Pages that name the next by an opaque cursor. A cursor that leads to its own page, an empty page that is not the last,
 * and a last page before the promised total are faults. "Not modified" ends the walk: see `conditional` of streams.
 */
export function cursorPage<Config>(options: CursorPageOptions<Config>): Paginator<Config, CursorState> {
  const { frameOf, maxPages = 1000 } = options;
  checkListOptions<CursorPageOptions<Config>>('cursor-page', CHECKS, options);
  const isEnd = ({ body }: DecodedPage): boolean => frameOf(body)?.next === null;
  return {
    name: 'cursor-page',
    isRanged: options.from !== undefined,
    ...(options.from && { begin: options.from }),
    start: (input) => ({
      cursor: null,
      page: 1,
      seen: 0,
      total: null,
      hasGap: false,
      from: options.from?.(input) ?? null,
      atEnd: options.memoryAtEnd?.(input) ?? null,
    }),
    request: ({ cursor, from }, config) => options.request({ cursor: cursor ?? undefined, from }, config),
    verify(state, { body, records }) {
      const frame = frameOf(body);
      if (!frame) throw ConnectorError.of('contract', "The upstream's page does not say where it stands.");
      verify(state, frame, records.length, maxPages);
    },
    next(state, { page }) {
      const frame = page && frameOf(page.body);
      if (!frame || frame.next === null) return undefined;
      const seen = state.seen + page.records.length;
      const hasGap = state.hasGap || frame.hasGap === true;
      return { ...state, cursor: frame.next, page: state.page + 1, seen, total: frame.total ?? null, hasGap };
    },
    progress: (state, { page }) => listProgress(state, page, ({ body }) => frameOf(body)?.total),
    ...(options.memoryAtEnd && {
      remember(memory: Json | undefined, { atEnd, hasGap }: CursorState, { page }: PageOutcome) {
        const isWhole = page !== undefined && isEnd(page) && !hasGap && frameOf(page.body)?.hasGap !== true;
        return isWhole ? atEnd : memory;
      },
    }),
  };
}

function verify(state: CursorState, { next, total }: CursorFrame, records: number, maxPages: number): void {
  const place = `page ${state.page}`;
  const wrong = (what: string): PagingFault => new PagingFault(what, place);
  const isLast = next === null;
  if (!isLast && state.page >= maxPages) throw wrong('it pages without end');
  if (next === '' || (next?.length ?? 0) > MAX_CURSOR_LENGTH) throw wrong('its next cursor is none');
  if (!isLast && next === state.cursor) throw wrong('its next cursor leads to itself');
  if (!isLast && records === 0) throw wrong('a page before the last is empty');
  if (total !== undefined) verifyCount(state, { records, total, isLast }, place);
}
