import * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aCount, aFunction, checkOptions } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import type { HttpRequest } from '../http/http-types.ts';
import { addDays, localDay, startOfDay } from '../local-time.ts';
import type { Paginator } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

export interface DocumentPerDayOptions<Config> {
  readonly request: (day: string, config: Config) => HttpRequest;
  /** The first day there can be a document of, `YYYY-MM-DD`. */
  readonly firstDay: (config: Config) => string;
  /** The day that a document says it is of. */
  readonly dayOf: (body: Json) => string | undefined;
  /** From one document to the next, in days; 7 for one a week, named by its first day. Default 1. */
  readonly everyDays?: number;
  /** The newest documents are asked for again each time, since one may be corrected. Counted with the newest itself. */
  readonly repeatDays: number;
  /**
   * For how long a day without a document is asked for again, in days. An upstream that has never had one in all that time
   * is taken for a wrong address.
   */
  readonly patienceDays: number;
}

const CHECKS = {
  request: aFunction,
  firstDay: aFunction,
  dayOf: aFunction,
  everyDays: aCount.optional(),
  repeatDays: aCount,
  patienceDays: aCount,
};

/** What stays between runs: the newest day that came, and the days that were asked for and did not. */
const memoryShape = z.object({ lastDay: z.string().optional(), missing: z.array(z.string()) });
/** Holidays would otherwise add up for ever. */
const MAX_MISSING = 60;
/** `of`: days in all. `isKnown`: a document has come before, in this read or an earlier one. */
type DayState = { day: string; rest: string[]; of: number; isKnown: boolean };

/**
 * One document a local day, or every so many days from the first on, asked for by its day. Days without a document (an outcome that the error table ignores) are
 * asked for again until they come or patience ends, so that one published late is not lost.
 */
export function documentPerDay<Config>(options: DocumentPerDayOptions<Config>): Paginator<Config, DayState> {
  checkOptions<DocumentPerDayOptions<Config>>('document-per-day', CHECKS, options);
  const everyDays = options.everyDays ?? 1;
  return {
    name: 'document-per-day',
    isRanged: true,
    pagesStandAlone: true,
    start({ memory, domainNow, config, range }) {
      if (range) {
        const [day, ...rest] = daysBetween(options.firstDay(config), localDay(domainNow), everyDays).filter(
          (one) => startOfDay(addDays(one, everyDays)) > range.from && startOfDay(one) < range.to,
        );
        return day === undefined ? undefined : { day, rest, of: 1 + rest.length, isKnown: true };
      }
      const today = localDay(domainNow);
      const { lastDay, missing } = recall(memory);
      const first = options.firstDay(config);
      const from = lastDay ? maximum(first, addDays(lastDay, (1 - options.repeatDays) * everyDays)) : first;
      const oldest = addDays(today, -options.patienceDays);
      const late = missing.filter((day) => day < from && day >= oldest);
      // However long it is silent, days that were asked for in vain are given up as they grow old.
      const isGivenUp = (one: string): boolean =>
        lastDay !== undefined && one > lastDay && one <= (missing.at(-1) ?? '') && one < oldest;
      const [day, ...rest] = [...late, ...daysBetween(from, today, everyDays).filter((one) => !isGivenUp(one))];
      return day === undefined ? undefined : { day, rest, of: 1 + rest.length, isKnown: lastDay !== undefined };
    },
    request: ({ day }, config) => options.request(day, config),
    verify({ day }, { body }) {
      const given = options.dayOf(body);
      if (given !== day) throw new PagingFault(`the document of ${given ?? 'no day'} came`, day);
    },
    next({ rest: [day, ...rest], of, ...state }, { outcome }) {
      // A read that an earlier version cut off does not know whether any has come.
      const isKnown = state.isKnown !== false || outcome !== 'ignored';
      if (day !== undefined) return { day, rest, of, isKnown };
      if (!isKnown && (of - 1) * everyDays >= options.patienceDays) throw nothingThere(of);
      return undefined;
    },
    // A read that an earlier version cut off does not know how many days it had.
    progress: ({ rest, of }) => (Number.isInteger(of) ? { done: of - rest.length, total: of } : undefined),
    remember(memory, { day }, { outcome }): Json {
      const known = recall(memory);
      const missing = new Set(known.missing);
      if (outcome === 'ignored') missing.add(day);
      else missing.delete(day);
      const lastDay = outcome === 'ignored' ? known.lastDay : maximum(known.lastDay ?? day, day);
      return { ...(lastDay !== undefined && { lastDay }), missing: [...missing].sort().slice(-MAX_MISSING) };
    },
  };
}

const recall = (memory: Json | undefined): z.output<typeof memoryShape> =>
  memoryShape.safeParse(memory).data ?? { missing: [] };

const nothingThere = (asked: number): ConnectorError =>
  ConnectorError.of(
    'configuration',
    `The upstream has no document of any of the ${asked} days that it was asked for; check the base URL, and the first day that is configured.`,
  );

const maximum = (a: string, b: string): string => (a > b ? a : b);

function daysBetween(from: string, to: string, everyDays: number): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, everyDays)) days.push(day);
  return days;
}
