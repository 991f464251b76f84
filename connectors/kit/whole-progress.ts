import type { ReadPage } from './connector.ts';

/** How far a whole read has got, of which each stream is an equal part. */
export class WholeProgress {
  private readonly shares = new Map<symbol, number>();

  /** @param streams how many the read has */
  constructor(private readonly streams: number) {}

  /** The pages of one stream, which say how far the whole read has got, not the stream. */
  async *of(pages: AsyncIterable<ReadPage>): AsyncGenerator<ReadPage, void, undefined> {
    const stream = Symbol();
    try {
      for await (const { progress, ...page } of pages) {
        if (progress === undefined) {
          yield page;
          continue;
        }
        const { done, total } = progress;
        // An empty list is through; one that grew meanwhile is no more than that.
        this.shares.set(stream, total > 0 ? Math.min(1, done / total) : 1);
        yield { ...page, progress: { done: this.done(), total: this.streams } };
      }
    } finally {
      // One that failed is as little to be waited for as one that was read.
      this.shares.set(stream, 1);
    }
  }

  private done(): number {
    return [...this.shares.values()].reduce((sum, share) => sum + share, 0);
  }
}
