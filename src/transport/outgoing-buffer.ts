import type { Writable } from 'node:stream';
import { TimeoutError } from '../errors/index.ts';

/** Milliseconds in which a client that is being caught up must take something in. */
const STALL_LIMIT_MS = 30_000;

/** How much of what was written still waits for a client, and until when. */
export class OutgoingBuffer {
  readonly #stream: Writable;
  readonly #maxPendingBytes: number;

  constructor(stream: Writable, maxPendingBytes: number) {
    this.#stream = stream;
    this.#maxPendingBytes = maxPendingBytes;
  }

  isFull(): boolean {
    return this.#stream.writableLength > this.#maxPendingBytes;
  }

  /** Resolves when at most half waits, or the stream is closed; rejects on abort, and when the client takes in nothing. */
  async drained(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#stream.writableLength <= this.#maxPendingBytes / 2 || this.#stream.destroyed) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => reject(signal.reason);
    const timer = setTimeout(() => reject(new TimeoutError('Sending to this client', STALL_LIMIT_MS)), STALL_LIMIT_MS);
    this.#stream.once('drain', resolve).once('close', resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.#stream.off('drain', resolve).off('close', resolve);
    }
  }
}
