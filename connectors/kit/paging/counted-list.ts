import type { DecodedPage, ReadProgress } from './paginator.ts';
import { PagingFault } from './paging-fault.ts';

/** How far a list is read whose pages say how many records there are in all. */
export interface CountedState {
  readonly seen: number;
  /** As the pages before said; null on the first. */
  readonly total: number | null;
}

/**
 * Holds a page against the promised total: a total that changes means that the list moved, so that it is to be read
 * anew; records that are missing or too many at the end that this page is not the one asked for. Throws PagingFault.
 */
export function verifyCount(
  state: CountedState,
  page: { readonly records: number; readonly total: number; readonly isLast: boolean },
  place: string,
): void {
  const { records, total, isLast } = page;
  if (state.total !== null && state.total !== total) {
    throw new PagingFault(`the list went from ${state.total} to ${total}`, place, 'list');
  }
  requireCount(state.seen + records, total, isLast ? 'exactly' : 'at-most', place);
}

/** For a document that says how many records it holds. Throws PagingFault where they are not all there. */
export function requireCount(came: number, promised: number, how: 'exactly' | 'at-most', place: string): void {
  if (came > promised || (how === 'exactly' && came < promised)) {
    throw new PagingFault(`${promised} records were promised and ${came} came`, place);
  }
}

/** How far a list is read with a page of it, where it is known how many records there are in all. */
export function listProgress(
  state: Pick<CountedState, 'seen'>,
  page: DecodedPage | undefined,
  totalIn: (page: DecodedPage) => number | null | undefined,
): ReadProgress | undefined {
  const total = page && totalIn(page);
  return total === undefined || total === null ? undefined : { done: state.seen + (page?.records.length ?? 0), total };
}
