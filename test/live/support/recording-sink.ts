import type { GoingAwayReason } from '../../../src/live/feed-event.ts';
import type { FeedSink } from '../../../src/live/feed-sink.ts';
import type { SharedResult } from '../../../src/live/shared-result.ts';

export interface ReceivedEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly seq?: number;
  readonly [field: string]: unknown;
}

/** Takes everything in at once, unless told to be full; remembers the results and the writes that brought them. */
export class RecordingSink implements FeedSink {
  readonly events: ReceivedEvent[] = [];
  readonly results: Record<string, unknown>[] = [];
  /** How many results each write had. */
  readonly writes: number[] = [];
  /** Of each event, whether a client may come back with its cursor. */
  readonly resumable: boolean[] = [];
  readonly disconnects: GoingAwayReason[] = [];
  readonly failures: unknown[] = [];
  full = false;
  isStalled = false;
  #wakes: (() => void)[] = [];

  write(results: readonly SharedResult[], isResumable: boolean): void {
    this.writes.push(results.length);
    this.resumable.push(...results.map(() => isResumable));
    for (const { json } of results) {
      const result = JSON.parse(json) as { data: Record<string, ReceivedEvent> | null };
      this.results.push(result as never);
      this.events.push(...Object.values(result.data ?? {}));
    }
    this.#wake();
  }

  isFull(): boolean {
    return this.full;
  }

  async drained(): Promise<boolean> {
    await this.until(() => !this.full || this.isStalled);
    return !this.isStalled;
  }

  /** The client reads again. */
  drain(): void {
    this.full = false;
    this.#wake();
  }

  /** The client has taken in nothing for too long. */
  stall(): void {
    this.isStalled = true;
    this.#wake();
  }

  disconnect(reason: GoingAwayReason): void {
    this.disconnects.push(reason);
    this.#wake();
  }

  failed(error: unknown): void {
    this.failures.push(error);
    this.#wake();
  }

  /** Resolves when the condition holds; looked at whenever something comes. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wakes.push(resolve));
  }

  /** Resolves with all events when that seq, or a later one, has come. */
  async untilSeq(seq: number): Promise<ReceivedEvent[]> {
    await this.until(() => this.events.some((event) => (event.seq ?? 0) >= seq));
    return this.events;
  }

  async untilType(type: string): Promise<ReceivedEvent> {
    await this.until(() => this.events.some((event) => event.__typename === type));
    return this.events.find((event) => event.__typename === type) as ReceivedEvent;
  }

  async untilDisconnected(): Promise<void> {
    await this.until(() => this.disconnects.length > 0);
  }

  async untilFailed(): Promise<unknown> {
    await this.until(() => this.failures.length > 0);
    return this.failures[0];
  }

  /** The seqs of the changes, as they came. */
  seqs(): number[] {
    return this.events.flatMap((event) => event.seq ?? []);
  }

  types(): string[] {
    return this.events.map((event) => event.__typename);
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}
