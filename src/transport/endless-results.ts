/**
 * What graphql-ws is given to iterate for a feed subscription. It yields nothing, since the `next` messages are written
 * by us; it stays until graphql-ws ends it (the client completed, or the connection closed) or it fails. It does not end
 * by itself: graphql-ws would then send `complete`, and the client would not come back.
 */
export class EndlessResults implements AsyncGenerator<never, void, void> {
  readonly #ended = Promise.withResolvers<IteratorResult<never, void>>();
  readonly #onReturn: () => void;

  /** `onReturn` is called when graphql-ws ends it, perhaps more than once. */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
    // A failure before graphql-ws asks is not an unhandled one.
    this.#ended.promise.catch(() => undefined);
  }

  /** Ends the subscription with an `error` message. */
  fail(error: Error): void {
    this.#ended.reject(error);
  }

  next(): Promise<IteratorResult<never, void>> {
    return this.#ended.promise;
  }

  async return(): Promise<IteratorResult<never, void>> {
    this.#onReturn();
    const done = { done: true, value: undefined } as const;
    this.#ended.resolve(done);
    return done;
  }

  throw(): Promise<IteratorResult<never, void>> {
    return this.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
