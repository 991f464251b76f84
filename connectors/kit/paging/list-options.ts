import * as z from 'zod';
import { aFunction, checkOptions, type OptionChecks } from '../check-options.ts';

/** What paginators of lists are given in common. */
interface ListOptions {
  readonly from?: unknown;
  readonly memoryAtEnd?: unknown;
}

export const aPageSize = z.int().min(1, 'a page holds at least one record');
/** The options that paginators of lists have in common. */
export const listChecks = {
  maxPages: z.int().min(1, 'at least one page may be read').optional(),
  from: aFunction.optional(),
  memoryAtEnd: aFunction.optional(),
};

/** Throws a TypeError, when the connector loads, for options that make no sense. */
export function checkListOptions<Options extends ListOptions>(
  paginator: string,
  checks: OptionChecks<Options>,
  options: Options,
): void {
  const { from, memoryAtEnd } = options;
  checkOptions(paginator, checks, options, [
    from && !memoryAtEnd ? 'from without memoryAtEnd would read from the same moment for ever' : false,
    memoryAtEnd && !from ? 'memoryAtEnd without from is never used' : false,
  ]);
}
