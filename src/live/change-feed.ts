import type { Clock } from '../lib/clock.ts';
import type { LogPosition } from '../lib/cursor.ts';
import type { Logger } from '../lib/logger.ts';
import { ChangeRing } from './change-ring.ts';
import type { ChangeSource, LoggedChange, LogHead } from './change-source.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { RepeatedTask } from './repeated-task.ts';
import { groupByTransaction, type OpenTransaction, type Transaction } from './transaction.ts';

export interface ChangeFeedOptions {
  readonly source: ChangeSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: LiveMetrics;
  /** How long a lost notification may delay a change, ms. One cheap statement per gateway each time. Default 1000. */
  readonly pollMs?: number;
  /** Changes kept in memory for those who come back. At about 1 KB each. Default 10000. */
  readonly ringSize?: number;
  /** Rows per read of the log. Default 1000. */
  readonly pageSize?: number;
}

export interface FeedListener {
  /** Called in the order of commit, with each transaction once and whole; must not throw and must not wait. */
  onTransaction(transaction: Transaction): void;
  /** The log was replaced under the feed: positions of before mean nothing any more. */
  onReset(): void;
}

/**
 * Follows the change log for one gateway: one follower, however many subscribe. A notification wakes it, the table is
 * the truth, and a slow poll catches what a lost notification left. While the database is away it stands still and
 * goes on from its position afterwards. Order, once-only and wholeness: SPEC.md, invariants 1 and 2.
 */
export class ChangeFeed {
  readonly #options: Required<ChangeFeedOptions>;
  readonly #listeners = new Set<FeedListener>();
  readonly #pump = new RepeatedTask(() => this.#readNew());
  #ring = new ChangeRing(0, 0);
  #epoch = '';
  #seq = 0;
  #open: OpenTransaction = [];
  #isFollowing = false;
  #isPolling = false;
  #cleanUps: (() => void)[] = [];

  constructor(options: ChangeFeedOptions) {
    this.#options = { pollMs: 1_000, ringSize: 10_000, pageSize: 1_000, ...options };
  }

  /** Takes its place at the end of the log and begins to follow. Rejects when the log cannot be read. */
  async start(): Promise<void> {
    // Listening begins before the head is read, so that nothing falls between the two.
    const stopWaking = this.#options.source.onWake(() => this.#wake());
    this.#cleanUps.push(stopWaking);
    try {
      this.#moveTo(await this.#options.source.head());
    } catch (error) {
      this.stop();
      throw error;
    }
    const timer = setInterval(() => void this.#poll(), this.#options.pollMs);
    this.#cleanUps.push(() => clearInterval(timer));
    this.#isFollowing = true;
    this.#wake();
  }

  stop(): void {
    this.#isFollowing = false;
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
  }

  /** Whether the last look at the log worked; for readiness. */
  isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Everything up to here has been published to the listeners. Always the end of a transaction. */
  position(): LogPosition {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  /** Resolves when everything that was visible at the time of the call has been published; calls are shared. */
  refresh(): Promise<void> {
    return this.#pump.run();
  }

  /** Published transactions after `seq`, from memory; null when it goes back further than memory does. */
  replay(seq: number): readonly Transaction[] | null {
    return this.#ring.after(seq);
  }

  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #wake(): void {
    if (this.#cleanUps.length > 0 && this.#epoch) this.refresh().catch((error) => this.#lost(error));
  }

  /** One at a time: while the database is away a look may take longer than the time between two. */
  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      const head = await this.#options.source.head();
      if (head.epoch !== this.#epoch || head.lastSeq < this.#seq) this.#reset(head);
      else if (head.lastSeq > this.#seq) await this.refresh();
      if (!this.#isFollowing && this.#cleanUps.length > 0) {
        this.#isFollowing = true;
        this.#options.logger.info(this.position(), 'the change log can be read again');
      }
    } catch (error) {
      this.#lost(error);
    } finally {
      this.#isPolling = false;
    }
  }

  #lost(error: unknown): void {
    if (!this.#isFollowing) return;
    this.#isFollowing = false;
    this.#options.logger.warn({ err: error, ...this.position() }, 'the change log cannot be read; trying again');
  }

  #reset(head: LogHead): void {
    this.#options.logger.warn({ from: this.position(), to: head }, 'the change log was replaced');
    this.#moveTo(head);
    for (const listener of this.#listeners) listener.onReset();
  }

  #moveTo(head: LogHead): void {
    this.#epoch = head.epoch;
    this.#seq = head.lastSeq;
    this.#open = [];
    this.#ring = new ChangeRing(this.#options.ringSize, head.lastSeq);
  }

  async #readNew(): Promise<void> {
    const { source, pageSize } = this.#options;
    for (;;) {
      const epoch = this.#epoch;
      const rows = await source.read(this.#open.at(-1)?.seq ?? this.#seq, pageSize);
      // A reset came between: these rows follow a position that is no longer ours.
      if (epoch !== this.#epoch) continue;
      this.#publish(rows);
      if (rows.length < pageSize) return;
    }
  }

  #publish(rows: readonly LoggedChange[]): void {
    const { transactions, open } = groupByTransaction(this.#epoch, rows, this.#open);
    this.#open = open;
    for (const transaction of transactions) {
      this.#seq = transaction.lastSeq;
      this.#ring.push(transaction);
      for (const listener of this.#listeners) listener.onTransaction(transaction);
    }
    const newest = transactions.at(-1)?.changes.at(-1);
    if (!newest) return;
    const { metrics, clock } = this.#options;
    metrics.observeLag(Math.max(0, clock.now().getTime() - newest.at.getTime()) / 1000);
    metrics.countPublished(transactions.reduce((sum, transaction) => sum + transaction.changes.length, 0));
  }
}
