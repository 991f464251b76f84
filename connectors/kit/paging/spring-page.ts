import * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction } from '../check-options.ts';
import type { HttpRequest } from '../http/http-types.ts';
import { aPageSize, checkListOptions, listChecks } from './list-options.ts';
import { type PageNumberOptions, type PageNumberState, pageNumber } from './page-number.ts';
import type { Paginator } from './paginator.ts';

export interface SpringPageOptions<Config> extends Omit<PageNumberOptions<Config>, 'request' | 'frameOf' | 'first'> {
  readonly request: (config: Config, from: Json) => HttpRequest;
}

const CHECKS = { ...listChecks, request: aFunction, size: aPageSize };

/** Numbers come as text from some installations. */
const frame = z.object({
  number: z.coerce.number().int(),
  totalPages: z.coerce.number().int().nonnegative(),
  totalElements: z.coerce.number().int().nonnegative(),
  last: z.boolean(),
});

/** Pages in the manner of Spring Data: `?page=0&size=50` gives `{content, number, totalPages, totalElements, last}`. */
export function springPage<Config>(options: SpringPageOptions<Config>): Paginator<Config, PageNumberState> {
  checkListOptions<SpringPageOptions<Config>>('spring-page', CHECKS, options);
  const { request, ...rest } = options;
  const pages = pageNumber<Config>({
    ...rest,
    first: 0,
    request({ page, size, from }, config) {
      const asked = request(config, from);
      return { ...asked, query: { ...asked.query, page, size } };
    },
    frameOf(body) {
      const found = frame.safeParse(body).data;
      return found && { page: found.number, pages: found.totalPages, total: found.totalElements, isLast: found.last };
    },
  });
  return { ...pages, name: 'spring-page' };
}
