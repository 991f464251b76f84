/**
 * The items of `source` until it ends or the signal is aborted; then throws the signal's reason at once, also where
 * `source` does not heed the signal, so that a careless connector cannot hold a run open.
 */
export async function* untilAborted<Item>(source: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const result = await orAborted(iterator.next(), signal);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    // Not awaited: a generator that hangs in an await would never answer.
    void iterator.return?.()?.catch(() => {});
  }
}

/**
 * Not `Promise.race` with one promise for the whole run: that promise would keep the outcome of every race, and with it
 * every page that was ever read.
 */
function orAborted<Value>(next: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    // A failure of `next` after an abort has nobody left to tell, and is taken in here.
    next.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
