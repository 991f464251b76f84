import type { ReadPage } from './connector.ts';

/** The stream that is read, from 0, and how many the read has. */
export interface StreamPlace {
  readonly nth: number;
  readonly of: number;
}

/** Pages of a stream that say how far the whole read has got, not the stream: each stream counts alike. */
export async function* withWholeProgress(
  pages: AsyncIterable<ReadPage>,
  { nth, of }: StreamPlace,
): AsyncGenerator<ReadPage, void, undefined> {
  for await (const { progress, ...page } of pages) {
    if (progress === undefined) {
      yield page;
      continue;
    }
    const { done, total } = progress;
    // An empty list is through; one that grew meanwhile is no more than that.
    const share = total > 0 ? Math.min(1, done / total) : 1;
    yield { ...page, progress: { done: nth + share, total: of } };
  }
}
