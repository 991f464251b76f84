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
  reads: readonly AsyncGenerator<T, void, undefined>[],
  { concurrency, stop }: MergeOptions,
): AsyncGenerator<T, void, undefined> {
  const waiting = [...reads];
  // In the order in which they were asked, so that a quick one does not keep a slow one from being heard.
  const asked = new Map<(typeof reads)[number], ReturnType<typeof step<T>>>();
  const ask = (read: (typeof reads)[number]): void => {
    asked.delete(read);
    asked.set(read, step(read));
  };
  try {
    for (;;) {
      for (const read of waiting.splice(0, concurrency - asked.size)) ask(read);
      if (asked.size === 0) return;
      const { read, result } = await Promise.race(asked.values());
      if (result.done) {
        asked.delete(read);
        continue;
      }
      yield result.value;
      ask(read);
    }
  } finally {
    stop();
    await Promise.allSettled([...asked.keys()].map((read) => read.return()));
  }
}

function step<T>(read: AsyncGenerator<T, void, undefined>) {
  const next = read.next().then((result) => ({ read, result }));
  // One that fails while another is taken is heard of when its turn comes.
  next.catch(() => undefined);
  return next;
}
