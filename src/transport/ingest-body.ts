import type { Request } from 'express';

/** Bytes of bodies that are in memory at a time, of all senders of a kind. Only what has come counts, not what is announced. */
export class BodyBudget {
  readonly #maxBytes: number;
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(bytes: number): boolean {
    if (this.#held + bytes > this.#maxBytes) return false;
    this.#held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}

export type BodyOutcome = Buffer | 'too large' | 'no room' | 'gone';

/**
 * The whole body, which holds its place in the budget until the caller releases it; else why it was not read on: it is
 * larger than `maxBytes`, the budget is spent, or its client went away. A body that trickles in holds next to nothing.
 */
export function readBody(request: Request, maxBytes: number, budget: BodyBudget): Promise<BodyOutcome> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve('too large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (outcome: BodyOutcome): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      if (!(outcome instanceof Buffer)) budget.release(length);
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      if (length + chunk.length > maxBytes) end('too large');
      else if (!budget.take(chunk.length)) end('no room');
      else {
        length += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => end(Buffer.concat(chunks));
    const onGone = (): void => end('gone');
    request.on('data', onData).once('end', onEnd).once('error', onGone).once('close', onGone);
    // It may have gone while its sender was looked up.
    if (request.destroyed) onGone();
  });
}
