import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { HttpRequest } from '../http/http-types.ts';

/** What a page's body says, as the stream's decoder reads it. */
export interface DecodedPage {
  readonly records: readonly unknown[];
  /** The body, for paginators that look at what stands beside the records. */
  readonly body: Json;
}

export interface PagingInput<Config = unknown> {
  readonly config: Config;
  /** What {@link Paginator.remember} gave when the last read of this stream got so far; undefined the first time. */
  readonly memory: Json | undefined;
  readonly domainNow: Date;
  /** Read what is of this time, whatever earlier reads have seen: a backfill. */
  readonly range?: ReadRange;
}

export interface ReadRange {
  readonly from: Date;
  /** The first moment after it. */
  readonly to: Date;
}

export interface PageOutcome {
  readonly outcome: 'answered' | 'not-modified' | 'ignored';
  /** Only for `answered`. */
  readonly page?: DecodedPage;
  /** Only for `remember`: so far the read brought something that is to come again, since it was rejected or not understood. */
  readonly hasGap?: boolean;
}

/** How much there is to read, and how much of it has been read: of records, pages or days, whichever is known. */
export interface ReadProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * How pages follow each other: pure, so that a table of cases tests it. The state is JSON, since it is stored between
 * runs: a read that was cut off goes on from it.
 */
export interface Paginator<Config = unknown, State extends Json = Json> {
  readonly name: string;
  /** Whether `start` heeds a range, so that the stream can be read back to an earlier time. Default false. */
  readonly isRanged?: boolean;
  /**
   * For a list that is read from some time before now on: from when, where it was never read. That is what `memory` is
   * until a read has come to its end.
   */
  begin?(input: PagingInput<Config>): Json | undefined;
  /** The state of the first page; undefined where there is nothing to ask. */
  start(input: PagingInput<Config>): State | undefined;
  request(state: State, config: Config): HttpRequest;
  /** Whether the page of this state tells only what has changed: it makes no snapshot complete. Default false. */
  isPartial?(state: State): boolean;
  /**
   * Whether a page only says that the one before it was the last, e.g. by giving that one again: then it counts as a last
   * page without records, and not as one that is repeated by mistake.
   */
  isPastEnd?(state: State, page: DecodedPage): boolean;
  /**
   * Whether each page is one by itself, such as the document of a day: `verify` knows it by what it says of itself, two of
   * them may hold the same, and the next is asked for whatever this one says. Default false: pages of one list.
   */
  readonly pagesStandAlone?: boolean;
  /** Throws a retryable error for a page that is not the one asked for: another, a short or a missing one. */
  verify?(state: State, page: DecodedPage): void;
  /** The state of the page after this one; undefined at the end. */
  next(state: State, outcome: PageOutcome): State | undefined;
  /** How far the list is read with the page of this state; undefined where it is not known how much there is. Asked once an answer is through. */
  progress?(state: State, outcome: PageOutcome): ReadProgress | undefined;
  /** What later runs are to know once the page of this state is stored. */
  remember?(memory: Json | undefined, state: State, outcome: PageOutcome): Json | undefined;
}
