/**
 * What a feed subscription gives its field resolver as the root value, one object per message. `type` is the tag that
 * the unions of the schema resolve their type from (a `Snapshot` is the `…Snapshot` of the field's own union). Every
 * event has the cursor from which a client may go on after having taken it in.
 */
export type FeedEvent = FeedReady | FeedChange | FeedSnapshot | FeedGap | FeedMustRefetch | FeedGoingAway;

/** The first message: every change committed after `cursor` follows, once, in the order of commit. */
export interface FeedReady {
  readonly type: 'FeedReady';
  readonly cursor: string;
}

/** One change. What `FeedField.toEvent` returns; fields beyond these two are the schema's own affair. */
export interface FeedChange {
  readonly type: 'Change';
  readonly cursor: string;
}

/**
 * A part of what was true at `cursor`. The changes after `cursor` begin only when the part with `complete: true` has
 * come, so a client keeps the cursor of a snapshot only then.
 */
export interface FeedSnapshot {
  readonly type: 'Snapshot';
  readonly cursor: string;
  /** Rows as `FeedField.snapshot` gave them. */
  readonly nodes: readonly unknown[];
  readonly complete: boolean;
}

/** Changes after `from` up to and with `to` were left out; `cursor` is `to`. */
export interface FeedGap {
  readonly type: 'FeedGap';
  readonly cursor: string;
  readonly from: string;
  readonly to: string;
}

/** `EXPIRED`: the log no longer goes back that far. `EPOCH`: the cursor is of another log. `FUTURE`: ahead of the log. */
export type MustRefetchReason = 'EXPIRED' | 'EPOCH' | 'FUTURE';

/**
 * The cursor given cannot be resumed: fetch the state anew. Comes in place of `FeedReady` and says the same from there
 * on: the subscription stays and every change after `cursor` follows. With `snapshot: true` the snapshot follows too.
 */
export interface FeedMustRefetch {
  readonly type: 'FeedMustRefetch';
  readonly cursor: string;
  readonly reason: MustRefetchReason;
}

export type GoingAwayReason = 'SHUTDOWN' | 'SLOW_CONSUMER' | 'UNAVAILABLE' | 'KEY_REVOKED';

/** The last message: everything up to `cursor` has been sent; subscribe again with `after: cursor`. */
export interface FeedGoingAway {
  readonly type: 'FeedGoingAway';
  readonly cursor: string;
  readonly reason: GoingAwayReason;
}
