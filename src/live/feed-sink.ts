import type { GoingAwayReason } from './feed-event.ts';
import type { SharedResult } from './shared-result.ts';

/**
 * Where the results of one subscription go: a WebSocket or an event stream. A transport gives one to the engine with
 * each subscription. Nothing here throws; what is written after the end is lost.
 */
export interface FeedSink {
  /**
   * Hands results over in this order, with one write to the network. `isResumable` is false while a snapshot is not
   * complete: a client that came back with such a cursor would never get the rest of it.
   */
  write(results: readonly SharedResult[], isResumable: boolean): void;
  /** Whether more waits for the network than the client is granted. */
  isFull(): boolean;
  /**
   * Resolves with true when at most half of what is granted waits, with false when the client has taken in nothing for
   * too long. Rejects when the signal ends it.
   */
  drained(signal: AbortSignal): Promise<boolean>;
  /**
   * The connection has to end: let every subscription on it go away ({@link FeedSubscription.goAway}), then close it so
   * that the client comes back.
   */
  disconnect(reason: GoingAwayReason): void;
  /** The subscription cannot go on (a snapshot that could not be read, a fault of ours): end it with this error. */
  failed(error: unknown): void;
}
