import { translateDatabaseError } from '../database/translate-error.ts';
import { HubError } from '../errors/index.ts';
import { encodeCursor } from '../lib/cursor.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { FeedEvent, GoingAwayReason, MustRefetchReason } from './feed-event.ts';
import type { FeedOperation } from './feed-operation.ts';
import type { FeedSink } from './feed-sink.ts';
import type { LogPages } from './log-pages.ts';
import type { GroupMember, OperationGroup } from './operation-group.ts';
import type { SharedResult } from './shared-result.ts';
import type { SharedSnapshot } from './shared-snapshot.ts';
import type { Transaction } from './transaction.ts';

/** Changes at most in one write while catching up. */
const BATCH_SIZE = 250;

export interface SubscriptionParts {
  readonly feed: ChangeFeed;
  readonly pages: LogPages;
  readonly group: OperationGroup;
  readonly snapshot: SharedSnapshot | null;
}

/**
 * One subscriber. It sends its first message, then brings itself from its own place in the log to the place of the feed,
 * and joins its group in the same turn in which it finds nothing left to catch up with: so nothing is missed and nothing
 * comes twice (SPEC.md, invariants 1, 2 and 4). `done` resolves when it has ended, for whatever reason.
 */
export class FeedSubscription implements GroupMember {
  readonly done: Promise<void>;
  readonly #operation: FeedOperation;
  readonly #sink: FeedSink;
  readonly #parts: SubscriptionParts;
  readonly #stopping = new AbortController();
  readonly #resolveDone: () => void;
  /** Everything that passes up to here has been handed to the sink. */
  #seq: number;
  #epoch: string;
  #isJoined = false;
  /** False from the wish for a snapshot until its last part: its cursor is worth nothing before. */
  #isResumable = true;
  /** Its connection is about to end; only the last message is still to come. */
  #isLeaving = false;

  /** Begins at once: its place is that of the feed at the time of the call, if it does not bring one. */
  constructor(operation: FeedOperation, sink: FeedSink, parts: SubscriptionParts) {
    this.#operation = operation;
    this.#sink = sink;
    this.#parts = parts;
    ({ promise: this.done, resolve: this.#resolveDone } = Promise.withResolvers<void>());
    ({ epoch: this.#epoch, seq: this.#seq } = parts.feed.position());
    this.#run(operation.after).catch((error) => this.#fail(error));
  }

  /** Ends it without a word; the client left or its connection did. */
  stop(): void {
    if (this.#halt()) this.#resolveDone();
  }

  /** Ends it with a last message that has its cursor; gives the cursor. The connection is the transport's to close. */
  async goAway(reason: GoingAwayReason): Promise<string> {
    const cursor = this.#cursor();
    if (!this.#halt()) return cursor;
    const { group } = this.#parts;
    const result = await group.resultOfEvent({ type: 'FeedGoingAway', cursor, reason });
    this.#sink.write([result], this.#isResumable);
    this.#resolveDone();
    return cursor;
  }

  /** Ends the connection it is on, with a last message for each subscription there. */
  disconnect(reason: GoingAwayReason): void {
    if (this.#isEnding()) return;
    this.#leaveGroup();
    this.#isLeaving = true;
    this.#sink.disconnect(reason);
  }

  deliver(results: readonly SharedResult[]): void {
    const news = (results[0]?.seq ?? 0) > this.#seq ? results : results.filter(({ seq }) => (seq ?? 0) > this.#seq);
    if (news.length === 0) return;
    if (this.#sink.isFull()) this.disconnect('SLOW_CONSUMER');
    else this.#write(news);
  }

  async #run(after: FeedOperation['after']): Promise<void> {
    if (!after) return this.#operation.wantsSnapshot ? this.#startWithSnapshot('FeedReady') : this.#startNow();
    if (after.epoch !== this.#epoch) return this.#refetch('EPOCH');
    this.#seq = after.seq;
    // Another gateway may have been ahead of this one: only what the log itself does not have is the future.
    if (after.seq > this.#parts.feed.position().seq) await this.#parts.feed.refresh();
    if (after.seq > this.#parts.feed.position().seq) return this.#refetch('FUTURE');
    // Whether the log goes back that far has to be known before the first message.
    const isInMemory = this.#parts.feed.replay(after.seq) !== null;
    const page = isInMemory ? undefined : await this.#parts.pages.read(this.#epoch, after.seq);
    if (page?.kind === 'gone') return this.#refetch('EXPIRED');
    return this.#startNow(page?.transactions);
  }

  async #startNow(first?: readonly Transaction[]): Promise<void> {
    await this.#tell({ type: 'FeedReady', cursor: this.#cursor() });
    if (first) await this.#replay(first);
    await this.#catchUp();
  }

  /** The one answer to a cursor that cannot be resumed; goes on from the place of the feed. */
  async #refetch(reason: MustRefetchReason): Promise<void> {
    ({ epoch: this.#epoch, seq: this.#seq } = this.#parts.feed.position());
    if (this.#operation.wantsSnapshot) return this.#startWithSnapshot('FeedMustRefetch', reason);
    await this.#tell({ type: 'FeedMustRefetch', cursor: this.#cursor(), reason });
    await this.#catchUp();
  }

  async #startWithSnapshot(
    type: 'FeedReady' | 'FeedMustRefetch',
    reason: MustRefetchReason = 'EXPIRED',
  ): Promise<void> {
    this.#isResumable = false;
    const snapshot = await (this.#parts.snapshot as SharedSnapshot).take(this.#epoch);
    this.#seq = snapshot.horizon;
    const cursor = this.#cursor();
    await this.#tell(type === 'FeedReady' ? { type, cursor } : { type, cursor, reason });
    for (const [index, page] of snapshot.pages.entries()) {
      this.#isResumable = index === snapshot.pages.length - 1;
      await this.#send([page]);
    }
    await this.#catchUp();
  }

  /** From `#seq` to the place of the feed: from memory, or page by page from the table. */
  async #catchUp(): Promise<void> {
    const { feed, pages } = this.#parts;
    for (;;) {
      if (this.#isEnding()) return;
      if (this.#epoch !== feed.position().epoch) return;
      let transactions = feed.replay(this.#seq);
      if (transactions?.length === 0) {
        if (!this.#sink.isFull()) return this.#join();
        await this.#waitForRoom();
        continue;
      }
      if (!transactions) {
        const page = await pages.read(this.#epoch, this.#seq);
        if (page.kind === 'gone') return this.#refetch('EXPIRED');
        transactions = page.transactions;
      }
      await this.#replay(transactions);
    }
  }

  /** Many small transactions go out with one write: whoever comes back is behind, and writes are what costs. */
  async #replay(transactions: readonly Transaction[]): Promise<void> {
    const batch: SharedResult[] = [];
    for (const transaction of transactions) {
      if (this.#isEnding()) return;
      for await (const results of this.#parts.group.inParts(transaction)) {
        batch.push(...results);
        if (batch.length >= BATCH_SIZE) await this.#send(batch.splice(0));
      }
    }
    if (batch.length > 0) await this.#send(batch);
    if (!this.#isEnding()) this.#seq = Math.max(this.#seq, transactions.at(-1)?.lastSeq ?? 0);
  }

  #join(): void {
    this.#isJoined = true;
    this.#parts.group.members.add(this);
  }

  /** Its place stays where it is now, whenever it is asked for. */
  #leaveGroup(): void {
    this.#seq = this.#place();
    this.#isJoined = false;
    this.#parts.group.members.delete(this);
  }

  async #tell(event: FeedEvent): Promise<void> {
    await this.#send([await this.#parts.group.resultOfEvent(event)]);
  }

  /** Writes at the pace of the client; only in the phases in which the log waits for us. */
  async #send(results: readonly SharedResult[]): Promise<void> {
    await this.#waitForRoom();
    if (!this.#isEnding()) this.#write(results);
  }

  async #waitForRoom(): Promise<void> {
    if (!this.#sink.isFull()) return;
    if (!(await this.#sink.drained(this.#stopping.signal))) this.disconnect('SLOW_CONSUMER');
  }

  #write(results: readonly SharedResult[]): void {
    this.#sink.write(results, this.#isResumable);
    this.#seq = results.at(-1)?.seq ?? this.#seq;
  }

  #cursor(): string {
    return encodeCursor({ epoch: this.#epoch, seq: this.#place() });
  }

  /** Up to here everything has been handed over, also what did not pass. */
  #place(): number {
    return this.#isJoined ? Math.max(this.#seq, this.#parts.group.coveredSeq) : this.#seq;
  }

  /** Nothing is delivered any more; false if that was so before. */
  #halt(): boolean {
    if (this.#stopping.signal.aborted) return false;
    this.#stopping.abort();
    this.#leaveGroup();
    return true;
  }

  #isEnding(): boolean {
    return this.#isLeaving || this.#stopping.signal.aborted;
  }

  /**
   * A log that is away for the moment is no answer to a client that wants to go on: it is sent away with its place and
   * comes back by itself. Not one that still waits for a snapshot, whose place would say that it has it.
   */
  #fail(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    const known = translateDatabaseError(error);
    if (known instanceof HubError && known.retryable && this.#isResumable) {
      this.disconnect('UNAVAILABLE');
    } else {
      this.stop();
      this.#sink.failed(error);
    }
  }
}
