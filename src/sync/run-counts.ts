/** What a run did, in numbers that add up page by page. */
export interface RunCounts {
  /** Requests to the upstream. */
  readonly asked: number;
  /** Records in the answers. */
  readonly read: number;
  /** Observations that said something new. */
  readonly accepted: number;
  /** Observations that said what was known; they only extend the time up to which it was last said. */
  readonly unchanged: number;
  /**
   * Records that broke a promise and stand in `rejection` with the reason. News that is rejected again,
   * as with every reading of a log with a broken line, is not counted again.
   */
  readonly rejected: number;
  /** Changes of the unified state that followed, conflicts included. */
  readonly changes: number;
}

/** What a step of a run added to its counts, and how far the run has got with it. */
export interface RunStep extends RunCounts {
  /** How much of the run is done, 0 to 100; undefined where it is as before, or not known. */
  readonly percent?: number | undefined;
}

export const NO_COUNTS: RunCounts = { asked: 0, read: 0, accepted: 0, unchanged: 0, rejected: 0, changes: 0 };

export function sumCounts(left: RunCounts, right: Partial<RunCounts>): RunCounts {
  return {
    asked: left.asked + (right.asked ?? 0),
    read: left.read + (right.read ?? 0),
    accepted: left.accepted + (right.accepted ?? 0),
    unchanged: left.unchanged + (right.unchanged ?? 0),
    rejected: left.rejected + (right.rejected ?? 0),
    changes: left.changes + (right.changes ?? 0),
  };
}

/** A share of what there is in percent, to one decimal place. */
export function percentOf({ done, total }: { readonly done: number; readonly total: number }): number {
  return total > 0 ? Math.min(100, Math.round((done / total) * 1_000) / 10) : 100;
}
