import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction } from '../check-options.ts';
import type { HttpRequest } from '../http/http-types.ts';
import { checkListOptions, listChecks } from './list-options.ts';
import type { PageOutcome, Paginator, PagingInput } from './paginator.ts';

export interface SinglePageOptions<Config> {
  readonly request: (config: Config, from: Json) => HttpRequest;
  /** For incremental streams: from where to read. Default null. */
  readonly from?: (input: PagingInput<Config>) => Json;
  /** For incremental streams: kept as the memory once the page is stored. */
  readonly memoryAtEnd?: (input: PagingInput<Config>) => Json;
}

const CHECKS = { request: aFunction, from: listChecks.from, memoryAtEnd: listChecks.memoryAtEnd };

type SingleState = { from: Json; atEnd: Json };

/** One request, one answer. */
export function singlePage<Config>(
  asked: SinglePageOptions<Config>['request'] | SinglePageOptions<Config>,
): Paginator<Config, SingleState> {
  const options = typeof asked === 'function' ? { request: asked } : asked;
  checkListOptions<SinglePageOptions<Config>>('single-page', CHECKS, options);
  return {
    name: 'single-page',
    pagesStandAlone: true,
    isRanged: options.from !== undefined,
    ...(options.from && { begin: options.from }),
    start: (input) => ({ from: options.from?.(input) ?? null, atEnd: options.memoryAtEnd?.(input) ?? null }),
    request: ({ from }, config) => options.request(config, from),
    next: () => undefined,
    ...(options.memoryAtEnd && {
      remember: (memory: Json | undefined, { atEnd }: SingleState, { page }: PageOutcome) => (page ? atEnd : memory),
    }),
  };
}
