import type { ChangeSource, LoggedChange, LogHead } from './change-source.ts';

/** What `commit` needs of a change; the numbers are the log's to give. */
export type UnloggedChange = Omit<LoggedChange, 'seq' | 'tx' | 'last'>;

/** A change log in memory that replays what it is given; stands in for PostgreSQL where a test is about delivery. */
export class ReplayChangeSource implements ChangeSource {
  epoch: string;
  oldestSeq = 1;
  /** How often it has been asked; an idle subscriber must not add to it. */
  reads = 0;
  readonly #changes: LoggedChange[] = [];
  readonly #wakes = new Set<() => void>();

  constructor(epoch = 'replay') {
    this.epoch = epoch;
  }

  async head(): Promise<LogHead> {
    this.reads++;
    return { epoch: this.epoch, oldestSeq: this.oldestSeq, lastSeq: this.#changes.at(-1)?.seq ?? this.oldestSeq - 1 };
  }

  async read(after: number, limit: number): Promise<LoggedChange[]> {
    this.reads++;
    return this.#changes.filter((change) => change.seq > after && change.seq >= this.oldestSeq).slice(0, limit);
  }

  onWake(callback: () => void): () => void {
    this.#wakes.add(callback);
    return () => this.#wakes.delete(callback);
  }

  /** Appends one transaction and gives its last seq. `notify: false` loses the notification. */
  commit(changes: readonly UnloggedChange[], { notify = true }: { notify?: boolean } = {}): number {
    const tx = (this.#changes.at(-1)?.seq ?? this.oldestSeq - 1) + 1;
    changes.forEach((change, index) => {
      this.#changes.push({ ...change, seq: tx + index, tx, last: index === changes.length - 1 });
    });
    if (notify) for (const wake of this.#wakes) wake();
    return tx + changes.length - 1;
  }

  /** Forgets what is older than `seq`, as housekeeping does. */
  pruneBefore(seq: number): void {
    this.oldestSeq = seq;
  }
}
