import type { ChangeCause } from '../../schema/kinds/change-cause.ts';

/** One row of the change log. `kind` is a fact kind's name or `conflict`. */
export interface LoggedChange {
  readonly seq: number;
  /** The first seq of the transaction that wrote it. */
  readonly tx: number;
  /** Whether it is the last change of its transaction. */
  readonly last: boolean;
  readonly at: Date;
  readonly kind: string;
  readonly entityId: string;
  readonly operation: 'CREATED' | 'UPDATED' | 'REMOVED';
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  /** Names of the attributes that differ between before and after. */
  readonly attributes: readonly string[];
  readonly cause: ChangeCause;
  readonly sources: readonly string[];
  readonly runId: number | null;
  readonly province: string | null;
  readonly system: string | null;
}

export interface LogHead {
  readonly epoch: string;
  /** The oldest seq that is still kept. */
  readonly oldestSeq: number;
  /** The newest seq that is visible; 0 for an empty log. */
  readonly lastSeq: number;
}

/**
 * Where the live feed reads from. Whoever has read up to N never meets a number below N later: `read` gives changes in
 * the order of seq, which is the order of commit.
 */
export interface ChangeSource {
  head(): Promise<LogHead>;
  /** Changes with seq > after, oldest first, at most `limit`. */
  read(after: number, limit: number): Promise<LoggedChange[]>;
  /** Calls back when there may be something new; returns what ends it. A lost call costs a moment, never a change. */
  onWake(callback: () => void): () => void;
}
