import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError } from './connector-error.ts';
import type { Format } from './formats/format.ts';
import { isUpstreamsFault } from './http/attempt-failure.ts';
import { BreakerOpenError } from './http/circuit-breaker.ts';
import type { HttpRequest } from './http/http-types.ts';
import { PagingFault } from './paging/paging-fault.ts';

/** What the upstream is told of a message: that it is taken, or that it could not be understood. */
export type Acknowledgement = 'done' | 'fail';

/**
 * An upstream that hands out messages at least once: the stream's paginator and decoder read the list of those that wait,
 * each is got by itself, and acknowledged when it is stored. Until then it stays in the list, so a run that dies loses
 * nothing, and repeats one message at most that the hub knows already.
 */
export interface MessageQueue<Config> {
  /** The id of an entry of the list. */
  readonly idOf: (entry: unknown) => string;
  /** A message that is gone by the time it is asked for is told by a rule of the error table with the action `ignore`. */
  readonly get: (id: string, config: Config) => HttpRequest;
  /** Of a message. Its body is the record that the stream's contract describes. */
  readonly format: Format;
  /** The id that a message says it has, so that another one is not taken and acknowledged for it. */
  readonly idIn: (body: Json) => string | undefined;
  readonly acknowledge: (id: string, outcome: Acknowledgement, config: Config) => HttpRequest;
  /** Messages that are asked for at a time. Default 4. */
  readonly concurrency?: number;
  /** Messages of one run, the rest is for the next. Default 500. */
  readonly maxMessages?: number;
}

export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_MAX_MESSAGES = 500;

/** Throws a retryable error where another message came than was asked for. */
export function requireMessage<Config>(queue: MessageQueue<Config>, id: string, body: Json): Json {
  const given = queue.idIn(body);
  // One that does not say is held against its contract, which asks for the id.
  if (given === undefined || given === id) return body;
  throw new PagingFault('it gives another message than was asked for', `message ${id}`);
}

/** Of those that failed before; by then all others are read, and the upstream need not be asked for each. */
const MAX_FAILURES_IN_ROW = 3;

/** What went wrong with single messages, which the run ends with: they are still in the upstream's list. */
export class QueueFailures {
  first: ConnectorError | undefined;
  private inRow = 0;

  succeeded(): void {
    this.inRow = 0;
  }

  /** Throws the failure where it is one too many in a row. */
  add(error: ConnectorError): void {
    this.first ??= error;
    this.inRow += 1;
    if (this.inRow >= MAX_FAILURES_IN_ROW) throw this.first;
  }
}

/** Gives a failure that concerns one message alone; throws one that would meet all of them: nothing more is to be asked for. */
export function ofOneMessage(error: unknown): ConnectorError {
  if (!(error instanceof ConnectorError)) throw error;
  const isOurs = error.retryable && !isUpstreamsFault(error);
  const meetsAll =
    isOurs || error instanceof BreakerOpenError || ['UPSTREAM_CONFIGURATION', 'CANCELLED'].includes(error.code);
  if (meetsAll) throw error;
  return error;
}
