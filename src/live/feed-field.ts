import type { Rights } from '../services/rights.ts';
import type { LoggedChange } from './change-source.ts';
import type { FeedChange } from './feed-event.ts';

/** The arguments of the subscription field, coerced; `after` and `snapshot` among them where the field has them. */
export type FeedArguments = Readonly<Record<string, unknown>>;

/** What was true at one moment of the log. */
export interface SnapshotRows {
  /** The newest seq that the rows include: every change up to it is in them, none after it is. */
  readonly horizon: number;
  readonly rows: readonly unknown[];
}

/**
 * A field of `Subscription` that the live engine delivers. The schema declares the field with `after: Cursor` (and
 * `snapshot: Boolean` where `snapshot` is given); its resolver gets one {@link FeedEvent} at a time as the root value and
 * is executed once per event for all subscribers with an equal document, variables and rights. Its `subscribe` is never
 * called for WebSocket and SSE.
 */
export interface FeedField {
  readonly fieldName: string;
  /** Kinds of change that the field is about (fact kinds, `conflict`); null for the whole log. */
  readonly kinds: readonly string[] | null;
  /**
   * Reads the rows that `snapshot: true` sends first, limited to the rights; use {@link readAtHorizon} so that rows and
   * horizon come from one transaction. Left out where the field has no `snapshot` argument.
   */
  readonly snapshot?: (args: FeedArguments, rights: Rights, signal: AbortSignal) => Promise<SnapshotRows>;
  /**
   * The root value for one change; `cursor` is the place after it. `change.last` is true for the last change of the
   * transaction that passes the filter, so that a client who waits for it always meets it. Pure.
   */
  readonly toEvent: (change: LoggedChange, cursor: string) => FeedChange;
  /**
   * The filter of these arguments, on top of `kinds` and the rights' provinces, which the engine applies by itself.
   * Called once per distinct operation; what it returns is called for every change and must not wait. Pure.
   */
  readonly filterOf: (args: FeedArguments) => (change: LoggedChange) => boolean;
}
