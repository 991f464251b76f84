export interface MergeOptions {
  /** Reads that are under way at once; at least 1. */
  readonly concurrency: number;
  /** Ends what the reads wait for. Called once, when nothing more is taken. */
  readonly stop: () => void;
}

/**
 * What several reads give, as it comes; the first of them begin, and each that ends makes room for the next. A read is
 * asked for more only when its taker comes back for more than what it gave last, as if it were read alone, while the
 * others go on waiting for their upstream. Where one throws, or the taker leaves, the others are stopped, and none of
 * them is under way any more when this ends.
 */
export async function* mergeReads<T>(
  reads: readonly Read<T>[],
  { concurrency, stop }: MergeOptions,
): AsyncGenerator<T, void, undefined> {
  const waiting = [...reads];
  const underWay = new Set<Read<T>>();
  // In the order in which they came, so that a quick read does not keep a slow one from being heard.
  const come: Come<T>[] = [];
  let wake = (): void => undefined;
  const ask = (read: Read<T>): void => {
    underWay.add(read);
    // No `Promise.race`: each would leave a reaction that holds its outcome on a read that is slow to answer.
    read
      .next()
      .then(
        (result) => come.push({ read, result }),
        (error) => come.push({ read, error }),
      )
      .finally(() => wake());
  };
  try {
    for (;;) {
      for (const read of waiting.splice(0, concurrency - underWay.size)) ask(read);
      if (underWay.size === 0) return;
      while (come.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const next = come.shift() as Come<T>;
      if (!next.result) throw next.error;
      if (next.result.done) {
        underWay.delete(next.read);
        continue;
      }
      yield next.result.value;
      ask(next.read);
    }
  } finally {
    stop();
    await Promise.allSettled([...underWay].map((read) => read.return()));
  }
}

type Read<T> = AsyncGenerator<T, void, undefined>;
type Come<T> = { readonly read: Read<T>; readonly result?: IteratorResult<T, void>; readonly error?: unknown };
