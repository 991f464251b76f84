import type { ChangeFeed } from './change-feed.ts';
import type { ChangeSource } from './change-source.ts';
import type { GoingAwayReason } from './feed-event.ts';
import type { FeedField } from './feed-field.ts';
import type { FeedOperation } from './feed-operation.ts';
import type { FeedSink } from './feed-sink.ts';
import { FeedSubscription } from './feed-subscription.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { LogPages } from './log-pages.ts';
import type { CreateContext, FormatError } from './operation.ts';
import { OperationGroup } from './operation-group.ts';
import { SharedSnapshot } from './shared-snapshot.ts';
import type { Transaction } from './transaction.ts';

export interface LiveEngineOptions {
  readonly feed: ChangeFeed;
  /** The same log as the feed's; read for those who come back from further ago than the feed remembers. */
  readonly source: ChangeSource;
  readonly fields: readonly FeedField[];
  readonly createContext: CreateContext;
  /** Also told of errors that go into results; logs the unknown ones. */
  readonly formatError: FormatError;
  readonly metrics: LiveMetrics;
}

interface OpenGroup {
  readonly group: OperationGroup;
  readonly snapshot: SharedSnapshot | null;
  readonly subscriptions: Set<FeedSubscription>;
}

/** Gives every subscriber of this gateway its part of the feed, executing equal operations once. */
export class LiveEngine {
  /** Feed fields by name, for {@link toFeedOperation}. */
  readonly fields: ReadonlyMap<string, FeedField>;
  readonly #options: LiveEngineOptions;
  readonly #pages: LogPages;
  readonly #groups = new Map<string, OpenGroup>();
  readonly #unsubscribe: () => void;
  #subscribers = 0;
  #executions = 0;

  constructor(options: LiveEngineOptions) {
    this.#options = options;
    this.fields = new Map(options.fields.map((field) => [field.fieldName, field]));
    this.#pages = new LogPages(options.source);
    this.#unsubscribe = options.feed.subscribe({
      onTransaction: (transaction) => this.#route(transaction),
      onReset: () => this.#disconnectAll('SHUTDOWN'),
    });
  }

  /** Opens a subscription at once; it ends with `stop`, `goAway`, or by itself (`done`). The feed must have started. */
  open(operation: FeedOperation, sink: FeedSink): FeedSubscription {
    const entry = this.#groups.get(operation.key) ?? this.#createGroup(operation);
    const { feed } = this.#options;
    const subscription = new FeedSubscription(operation, sink, { feed, pages: this.#pages, ...entry });
    entry.subscriptions.add(subscription);
    this.#subscribers++;
    this.#report();
    void subscription.done.then(() => this.#close(operation.key, entry, subscription));
    return subscription;
  }

  /** Figures of this moment; executions count from the start. */
  stats(): { subscribers: number; operations: number; executions: number } {
    return { subscribers: this.#subscribers, operations: this.#groups.size, executions: this.#executions };
  }

  /** Takes nothing more from the feed. Subscriptions are ended by their transports before. */
  stop(): void {
    this.#unsubscribe();
    for (const { subscriptions } of this.#groups.values())
      for (const subscription of subscriptions) subscription.stop();
  }

  #route(transaction: Transaction): void {
    for (const { group } of this.#groups.values()) group.accept(transaction);
  }

  #disconnectAll(reason: GoingAwayReason): void {
    for (const { subscriptions } of this.#groups.values()) {
      for (const subscription of subscriptions) subscription.disconnect(reason);
    }
  }

  #createGroup(operation: FeedOperation): OpenGroup {
    const { createContext, formatError } = this.#options;
    const group = new OperationGroup(operation, { createContext, formatError, onExecute: () => this.#executions++ });
    const snapshot = operation.field.snapshot ? new SharedSnapshot(operation, group) : null;
    const entry = { group, snapshot, subscriptions: new Set<FeedSubscription>() };
    this.#groups.set(operation.key, entry);
    return entry;
  }

  #close(key: string, entry: OpenGroup, subscription: FeedSubscription): void {
    entry.subscriptions.delete(subscription);
    this.#subscribers--;
    if (entry.subscriptions.size === 0 && this.#groups.get(key) === entry) {
      this.#groups.delete(key);
      entry.group.close();
    }
    this.#report();
  }

  #report(): void {
    this.#options.metrics.setSubscribers(this.#subscribers);
    this.#options.metrics.setOperations(this.#groups.size);
  }
}
