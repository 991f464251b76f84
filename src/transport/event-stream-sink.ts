import type { ServerResponse } from 'node:http';
import type { GoingAwayReason } from '../live/feed-event.ts';
import type { FeedSink } from '../live/feed-sink.ts';
import type { FeedSubscription } from '../live/feed-subscription.ts';
import type { SharedResult } from '../live/shared-result.ts';
import { OutgoingBuffer } from './outgoing-buffer.ts';

/** Milliseconds a client has to take in the last message; one that does not read never will. */
const CLOSE_GRACE_MS = 5_000;

/** A `next` event of graphql-sse; `id` is what the browser sends back in `Last-Event-ID`. */
export function nextEvent(json: string, id?: string): string {
  return `${id ? `id: ${id}\n` : ''}event: next\ndata: ${json}\n\n`;
}

/** The end of an operation that ended by itself; a client does not come back after it. `data` for browsers' EventSource. */
export const COMPLETE_EVENT = 'event: complete\ndata: \n\n';

/** One feed subscription on an event stream of its own. */
export class EventStreamSink implements FeedSink {
  readonly #response: ServerResponse;
  readonly #buffer: OutgoingBuffer;
  readonly #options: { onFailed: (error: unknown) => void; onDisconnect: (reason: GoingAwayReason) => void };
  #subscription: FeedSubscription | null = null;
  #leaving: Promise<void> | null = null;

  constructor(
    response: ServerResponse,
    maxPendingBytes: number,
    options: { onFailed: (error: unknown) => void; onDisconnect: (reason: GoingAwayReason) => void },
  ) {
    this.#response = response;
    this.#buffer = new OutgoingBuffer(response, maxPendingBytes);
    this.#options = options;
  }

  attach(subscription: FeedSubscription): void {
    this.#subscription = subscription;
  }

  write(results: readonly SharedResult[], isResumable: boolean): void {
    if (this.#response.destroyed) return;
    const events = results.map((result) =>
      isResumable ? result.encodedFor('event', eventBytes) : result.encodedFor('event without id', eventBytesWithoutId),
    );
    this.#response.write(events.length === 1 ? events[0] : Buffer.concat(events));
  }

  isFull(): boolean {
    return this.#buffer.isFull();
  }

  drained(signal: AbortSignal): Promise<boolean> {
    return this.#buffer.drained(signal);
  }

  /** Says where the client is and ends the stream without `complete`, so that it comes back. */
  disconnect(reason: GoingAwayReason): Promise<void> {
    this.#leaving ??= this.#leave(reason);
    return this.#leaving;
  }

  failed(error: unknown): void {
    this.#options.onFailed(error);
  }

  async #leave(reason: GoingAwayReason): Promise<void> {
    const going = this.#subscription?.goAway(reason);
    this.#options.onDisconnect(reason);
    await going;
    const timer = setTimeout(() => this.#response.destroy(), CLOSE_GRACE_MS);
    this.#response.once('close', () => clearTimeout(timer));
    this.#response.end();
  }
}

function eventBytes({ json, cursor }: SharedResult): Buffer {
  return Buffer.from(nextEvent(json, cursor));
}

/** A browser keeps the id that it had; one that had none begins anew. */
function eventBytesWithoutId({ json }: SharedResult): Buffer {
  return Buffer.from(nextEvent(json));
}
