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
}

export interface PageOutcome {
  readonly outcome: 'answered' | 'not-modified' | 'ignored';
  /** Only for `answered`. */
  readonly page?: DecodedPage;
}

/**
 * How pages follow each other: pure, so that a table of cases tests it. The state is JSON, since it is stored between
 * runs: a read that was cut off goes on from it.
 */
export interface Paginator<Config = unknown, State extends Json = Json> {
  readonly name: string;
  /** The state of the first page; undefined where there is nothing to ask. */
  start(input: PagingInput<Config>): State | undefined;
  request(state: State, config: Config): HttpRequest;
  /** Throws a retryable error for a page that is not the one asked for: another, a short or a missing one. */
  verify?(state: State, page: DecodedPage): void;
  /** The state of the page after this one; undefined at the end. */
  next(state: State, outcome: PageOutcome): State | undefined;
  /** What later runs are to know once the page of this state is stored. */
  remember?(memory: Json | undefined, state: State, outcome: PageOutcome): Json | undefined;
}
