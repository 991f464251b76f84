import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction } from '../check-options.ts';
import type { CommonConfig } from '../common-config.ts';
import { type HttpRequest, requestUrl } from '../http/http-types.ts';
import { type CursorPageOptions, type CursorState, cursorPage } from './cursor-page.ts';
import { checkListOptions, listChecks } from './list-options.ts';
import type { Paginator } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

export interface NextLinkOptions<Config> extends Pick<CursorPageOptions<Config>, 'from' | 'memoryAtEnd' | 'maxPages'> {
  /** Of the first page; its headers go with the others too. */
  readonly request: (config: Config, from: Json) => HttpRequest;
  /** The link to the page after this one, whole or relative to the first page; undefined or null on the last. */
  readonly linkOf: (body: Json) => string | null | undefined;
  /** Records in all, where the upstream tells. */
  readonly totalOf?: (body: Json) => number | undefined;
}

const CHECKS = { ...listChecks, request: aFunction, linkOf: aFunction, totalOf: aFunction.optional() };

/**
 * Pages that link to the next, as in JSON:API and OData. A link is followed as it is, to the source's own server only. One
 * that leads to its own page, and a last page before the promised total are faults; so is a link that is none.
 */
export function nextLink<Config>(options: NextLinkOptions<Config>): Paginator<Config, CursorState> {
  checkListOptions<NextLinkOptions<Config>>('next-link', CHECKS, options);
  const { request, linkOf, totalOf, ...rest } = options;
  return {
    ...cursorPage<Config>({
      ...rest,
      request: ({ cursor, from }, config) => {
        const first = request(config, from);
        return cursor === undefined ? first : followLink(first, cursor, config);
      },
      frameOf: (body) => ({ next: checkLink(linkOf(body)), total: totalOf?.(body) }),
    }),
    name: 'next-link',
  };
}

/** The link, or null for none. Throws PagingFault for what cannot be a link. */
export function checkLink(link: string | null | undefined): string | null {
  if (link === null || link === undefined) return null;
  if (URL.canParse(link, 'https://upstream.invalid')) return link;
  throw new PagingFault('its next link is no address', withoutQuery(link));
}

/** Its query may hold a credential. */
const withoutQuery = (link: string): string => link.replace(/\?.*/s, '').slice(0, 100);

/** A request for what a link on an answer to the first one points to; the link brings the whole query. */
export function followLink<Config>({ query, ...first }: HttpRequest, link: string, config: Config): HttpRequest {
  // What a source is configured with beside its connector's own.
  const { baseUrl } = config as unknown as CommonConfig;
  return { ...first, path: new URL(link, requestUrl(baseUrl, { ...first, ...(query && { query }) })).href };
}
