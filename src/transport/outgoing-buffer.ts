import type { Writable } from 'node:stream';

/** Milliseconds in which a client that is waited for must take something in. */
const STALL_LIMIT_MS = 30_000;

/** How much of what was written still waits for a client, and until when. */
export class OutgoingBuffer {
  readonly #stream: Writable;
  readonly #maxPendingBytes: number;
  readonly #stallLimitMs: number;

  constructor(stream: Writable, maxPendingBytes: number, stallLimitMs = STALL_LIMIT_MS) {
    this.#stream = stream;
    this.#maxPendingBytes = maxPendingBytes;
    this.#stallLimitMs = stallLimitMs;
  }

  isFull(): boolean {
    return this.#stream.writableLength > this.#maxPendingBytes;
  }

  /**
   * Resolves with true when at most half waits or the stream is closed, with false when the client has taken in nothing
   * for a while. Rejects on abort.
   */
  async drained(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (this.#stream.writableLength <= this.#maxPendingBytes / 2 || this.#stream.destroyed) return true;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const onAbort = (): void => reject(signal.reason);
    const onDrain = (): void => resolve(true);
    let waiting = this.#stream.writableLength;
    const timer = setInterval(() => {
      if (this.#stream.writableLength >= waiting) resolve(false);
      waiting = this.#stream.writableLength;
    }, this.#stallLimitMs);
    this.#stream.once('drain', onDrain).once('close', onDrain);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      this.#stream.off('drain', onDrain).off('close', onDrain);
    }
  }
}
