import * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction, checkOptions } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import type { ErrorRule } from '../http/error-table.ts';
import type { HttpRequest } from '../http/http-types.ts';
import { listProgress, verifyCount } from './counted-list.ts';
import { listChecks } from './list-options.ts';
import { checkLink, followLink, type NextLinkOptions, nextLink } from './next-link.ts';
import type { DecodedPage, Paginator } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

export interface ODataDeltaOptions<Config> {
  /** Of the first page of everything; ask for `odata.track-changes`. */
  readonly request: (config: Config) => HttpRequest;
  /**
   * How long changes alone are read before everything is read again, by the time of the domain. What does not change is
   * not in a delta, so this must be shorter than the time to live of the facts.
   */
  readonly refreshAfterMs: (config: Config) => number;
  /** More pages count as paging without end. Default 1,000. */
  readonly maxPages?: number;
}

const CHECKS = { request: aFunction, refreshAfterMs: aFunction, maxPages: listChecks.maxPages };

/** Numbers come as text from some installations (`IEEE754Compatible`). */
const frameShape = z.object({
  value: z.array(z.unknown()),
  '@odata.count': z.coerce.number().int().nonnegative().optional(),
  '@odata.nextLink': z.string().optional(),
  '@odata.deltaLink': z.string().optional(),
});
const memoryShape = z.object({ deltaLink: z.string(), fullAt: z.iso.datetime() });

export type ODataState = {
  link: string | null;
  /** Whether the pages tell what has changed, not what there is. */
  isDelta: boolean;
  page: number;
  seen: number;
  total: number | null;
  /** When everything was read last, and when this read began. */
  fullAt: string;
  now: string;
};

/** The records of an OData answer. */
export function odataValue(body: Json): unknown[] {
  return frameShape.parse(body).value;
}

/**
 * The records of an OData answer that may be a delta, each marked with `change`: `removed` for one that is gone since the
 * delta link was given, else `current`. What is no object stays as it is.
 */
export function odataChanges(body: Json): unknown[] {
  return odataValue(body).map((record) => {
    if (record === null || typeof record !== 'object' || Array.isArray(record)) return record;
    return { ...record, change: '@removed' in record ? 'removed' : 'current' };
  });
}

/** For the error table of an upstream that is read by {@link odataDelta}. */
export const deltaLinkExpired: ErrorRule = {
  when: { status: 410 },
  action: 'ignore',
  kind: 'transient',
  userMessage: 'The upstream no longer knows from where on changes are wanted, so everything is read again.',
};

/** OData v4 without changes: pages by next link, counted where the upstream counts. */
export function odataPages<Config>(
  options: Omit<NextLinkOptions<Config>, 'linkOf' | 'totalOf'>,
): ReturnType<typeof nextLink<Config>> {
  return nextLink({
    ...options,
    linkOf: (body) => frameShape.parse(body)['@odata.nextLink'],
    totalOf: (body) => frameShape.parse(body)['@odata.count'],
  });
}

/** The code of an OData error; undefined for a body that is none. */
export function odataErrorCode(body: Json): string | undefined {
  const error = z.object({ error: z.object({ code: z.coerce.string() }) });
  return error.safeParse(body).data?.error.code;
}

/**
 * OData v4: everything once, by next links; from then on what changed, by the delta link at the end of each read. A delta
 * link that the upstream no longer takes (an outcome that the error table ignores, e.g. 410) makes it read everything anew;
 * so does a read with records that were rejected, since a delta would not bring them again.
 */
export function odataDelta<Config>(options: ODataDeltaOptions<Config>): Paginator<Config, ODataState> {
  checkOptions<ODataDeltaOptions<Config>>('odata-delta', CHECKS, options);
  const maxPages = options.maxPages ?? 1000;
  const first = { page: 1, seen: 0, total: null };
  return {
    name: 'odata-delta',
    start({ memory, domainNow, config }) {
      const now = domainNow.toISOString();
      const known = memoryShape.safeParse(memory).data;
      const ageMs = known ? domainNow.getTime() - Date.parse(known.fullAt) : Number.POSITIVE_INFINITY;
      return known && ageMs >= 0 && ageMs < options.refreshAfterMs(config)
        ? { ...first, link: known.deltaLink, isDelta: true, fullAt: known.fullAt, now }
        : { ...first, link: null, isDelta: false, fullAt: now, now };
    },
    request({ link }, config) {
      const request = options.request(config);
      return link === null ? request : followLink(request, link, config);
    },
    isPartial: ({ isDelta }) => isDelta,
    verify(state, page) {
      verify(state, page, maxPages);
    },
    next(state, outcome) {
      if (!outcome.page) {
        if (outcome.outcome === 'ignored' && !state.isDelta) throw listIsGone();
        return state.isDelta ? { ...first, link: null, isDelta: false, fullAt: state.now, now: state.now } : undefined;
      }
      const { nextLink, count } = frameOf(outcome.page);
      if (nextLink === null) return undefined;
      const seen = state.seen + outcome.page.records.length;
      return { ...state, link: nextLink, page: state.page + 1, seen, total: count ?? state.total };
    },
    progress: (state, { page }) => listProgress(state, page, (one) => frameOf(one).count ?? state.total),
    remember(memory, state, { page, hasGap }) {
      if (!page) return memory;
      const { nextLink, deltaLink } = frameOf(page);
      if (nextLink !== null) return memory;
      return deltaLink === null || hasGap ? {} : { deltaLink, fullAt: state.fullAt };
    },
  };
}

const listIsGone = (): ConnectorError =>
  ConnectorError.of('configuration', 'The upstream no longer has this list; check the base URL.');

function frameOf({ body }: DecodedPage): { nextLink: string | null; deltaLink: string | null; count?: number } {
  const parsed = frameShape.safeParse(body);
  if (!parsed.success) throw ConnectorError.of('contract', "The upstream's page does not say where it stands.");
  const { '@odata.nextLink': next, '@odata.deltaLink': delta, '@odata.count': count } = parsed.data;
  return { nextLink: checkLink(next), deltaLink: checkLink(delta), ...(count !== undefined && { count }) };
}

function verify(state: ODataState, page: DecodedPage, maxPages: number): void {
  const { nextLink, count } = frameOf(page);
  const place = `page ${state.page}`;
  const isLast = nextLink === null;
  if (!isLast && state.page >= maxPages) throw new PagingFault('it pages without end', place);
  if (!isLast && nextLink === state.link) throw new PagingFault('its next link leads to itself', place);
  // Some installations count on the first page only.
  const total = count ?? state.total;
  if (total !== null) verifyCount(state, { records: page.records.length, total, isLast }, place);
}
