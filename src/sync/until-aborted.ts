/**
 * The items of `source` until it ends or the signal is aborted; then throws the signal's reason at once, also where
 * `source` does not heed the signal, so that a careless connector cannot hold a run open.
 */
export async function* untilAborted<Item>(source: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  aborted.promise.catch(() => {});
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      const next = iterator.next();
      // Its late failure, after an abort, has nobody left to tell.
      next.catch(() => {});
      const result = await Promise.race([aborted.promise, next]);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // Not awaited: a generator that hangs in an await would never answer.
    void iterator.return?.()?.catch(() => {});
  }
}
