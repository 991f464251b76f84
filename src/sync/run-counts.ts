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
  /** Records and observations that broke a promise and stand in `rejection` with the reason. */
  readonly rejected: number;
  /** Changes of the unified state that followed, conflicts included. */
  readonly changes: number;
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
