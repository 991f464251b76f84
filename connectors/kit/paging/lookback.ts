import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aDuration, aFunction, aMargin, checkOptions, type OptionChecks } from '../check-options.ts';
import type { PagingInput } from './paginator.ts';

export interface LookbackOptions {
  /** How far back the first read goes from when it was first tried; milliseconds. */
  readonly firstMs: number;
  /** How far each later read reaches back before the one before it; longer than what comes late may be late. */
  readonly overlapMs: number;
  /** A moment as the upstream takes it. Default RFC 3339 in UTC. */
  readonly write?: (moment: Date) => Json;
}

const CHECKS: OptionChecks<LookbackOptions> = {
  firstMs: aDuration,
  overlapMs: aMargin,
  write: aFunction.optional(),
};

/**
 * From where an incremental list is read: an overlap before the last read that came to its end, so that what
 * was published late is not lost. The memory moves on only once the last page is stored. A backfill is read from the
 * beginning of its range; where the upstream cannot be told its end, the hub leaves out what lies past it.
 */
export function lookback(options: LookbackOptions) {
  checkOptions('lookback', CHECKS, options);
  const { firstMs, overlapMs, write = (moment: Date): Json => moment.toISOString() } = options;
  const before = (moment: Date, ms: number): Json => write(new Date(moment.getTime() - ms));
  return {
    from: ({ memory, domainNow, range }: PagingInput): Json =>
      range ? write(range.from) : (memory ?? before(domainNow, firstMs)),
    memoryAtEnd: ({ domainNow }: PagingInput): Json => before(domainNow, overlapMs),
  };
}
