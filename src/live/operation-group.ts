import { setImmediate as nextTurn } from 'node:timers/promises';
import { execute, type GraphQLError } from 'graphql';
import { encodeCursor } from '../lib/cursor.ts';
import type { LoggedChange } from './change-source.ts';
import type { FeedEvent, FeedSnapshot } from './feed-event.ts';
import type { FeedOperation } from './feed-operation.ts';
import type { CreateContext, FormatError } from './operation.ts';
import { ResultCache } from './result-cache.ts';
import { SharedResult } from './shared-result.ts';
import type { Transaction } from './transaction.ts';

/** Executions that are under way at once in a large transaction; each part is written before the next is begun. */
const PART_SIZE = 250;

export interface ExecutionOptions {
  readonly createContext: CreateContext;
  readonly formatError: FormatError;
  /** Counts executions. */
  readonly onExecute: () => void;
}

/** Takes results of its group; a member of it from some position of the log on. */
export interface GroupMember {
  deliver(results: readonly SharedResult[]): void;
}

/**
 * All subscribers of one operation: equal document, variables and rights. A change is filtered, executed and serialised
 * once for all of them. Transactions are worked off one after the other, so results come in the order of commit
 * however long an execution takes; a slow operation delays its own group only.
 */
export class OperationGroup {
  readonly members = new Set<GroupMember>();
  readonly #operation: FeedOperation;
  readonly #options: ExecutionOptions;
  readonly #passes: (change: LoggedChange) => boolean;
  readonly #matching = new WeakMap<Transaction, readonly LoggedChange[]>();
  readonly #results = new ResultCache();
  readonly #leads = new Map<string, Promise<SharedResult>>();
  readonly #closing = new AbortController();
  #queue: Transaction[] = [];
  #isWorking = false;
  #coveredSeq = 0;

  constructor(operation: FeedOperation, options: ExecutionOptions) {
    this.#operation = operation;
    this.#options = options;
    this.#passes = passing(operation, options.formatError);
  }

  /** Every member that joined before has been given all that passes up to here. */
  get coveredSeq(): number {
    return this.#coveredSeq;
  }

  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** Ends executions under way; for a group without members. */
  close(): void {
    this.#queue = [];
    this.#closing.abort();
  }

  /** The changes of a transaction that pass, the last of them marked as last. */
  matching(transaction: Transaction): readonly LoggedChange[] {
    let changes = this.#matching.get(transaction);
    if (!changes) {
      const passing = transaction.changes.filter(this.#passes);
      changes = passing.map((change, index) => withLast(change, index === passing.length - 1));
      this.#matching.set(transaction, changes);
    }
    return changes;
  }

  /** Takes the next transaction of the feed; members get what passes. */
  accept(transaction: Transaction): void {
    const isForNobody = this.members.size === 0 || this.matching(transaction).length === 0;
    if (isForNobody && !this.#isWorking) this.#coveredSeq = transaction.lastSeq;
    else {
      this.#queue.push(transaction);
      if (!this.#isWorking) void this.#work();
    }
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let transaction = this.#queue.shift(); transaction; transaction = this.#queue.shift()) {
      for await (const results of this.inParts(transaction)) {
        for (const member of this.members) member.deliver(results);
      }
      this.#coveredSeq = transaction.lastSeq;
      // Sockets are flushed between transactions; otherwise a burst would look like a client that does not read.
      if (this.#queue.length > 0) await nextTurn();
    }
    this.#isWorking = false;
  }

  /** The results of what passes, in order, in parts that are small enough to write at once. */
  async *inParts(transaction: Transaction): AsyncGenerator<readonly SharedResult[], void, void> {
    const changes = this.matching(transaction);
    for (let start = 0; start < changes.length; start += PART_SIZE) {
      const part = changes.slice(start, start + PART_SIZE);
      const context = lazily(() => this.#createContext());
      yield await Promise.all(part.map((change) => this.#resultOf(change, transaction.epoch, context)));
      if (start + PART_SIZE < changes.length) await nextTurn();
    }
  }

  /** The result of an event that is no change, shared by those who ask for an equal one at the same time. */
  resultOfEvent(event: FeedEvent): Promise<SharedResult> {
    const key = JSON.stringify(event);
    let result = this.#leads.get(key);
    if (!result) {
      result = this.#execute(
        event.cursor,
        null,
        () => event,
        () => this.#createContext(),
      ).finally(() => this.#leads.delete(key));
      this.#leads.set(key, result);
    }
    return result;
  }

  /** The result of a part of a snapshot, which nobody else has. */
  resultOfPage(page: FeedSnapshot): Promise<SharedResult> {
    return this.#execute(
      page.cursor,
      null,
      () => page,
      () => this.#createContext(),
    );
  }

  #resultOf(change: LoggedChange, epoch: string, context: () => object): Promise<SharedResult> | SharedResult {
    return this.#results.get(change.seq, () => {
      const cursor = encodeCursor({ epoch, seq: change.seq });
      return this.#execute(cursor, change.seq, () => this.#operation.field.toEvent(change, cursor), context);
    });
  }

  /** Never rejects: what fails becomes a result with errors, which keeps its place and its cursor. */
  async #execute(
    cursor: string,
    seq: number | null,
    root: () => FeedEvent,
    context: () => object,
  ): Promise<SharedResult> {
    const { schema, document, operationName, variableValues, extensions } = this.#operation.prepared;
    this.#options.onExecute();
    try {
      const rootValue = root();
      const contextValue = context();
      const result = await execute({ schema, document, operationName, variableValues, contextValue, rootValue });
      const errors = result.errors?.map((error) => this.#format(error));
      const first = rootValue.type === 'FeedReady' || rootValue.type === 'FeedMustRefetch';
      const json = JSON.stringify({ data: result.data, errors, extensions: { ...(first && extensions), cursor } });
      return new SharedResult(cursor, seq, json, errors !== undefined);
    } catch (error) {
      const errors = [this.#options.formatError(error)];
      return new SharedResult(cursor, seq, JSON.stringify({ data: null, errors, extensions: { cursor } }), true);
    }
  }

  #format(error: GraphQLError): object {
    return { ...this.#options.formatError(error), locations: error.locations, path: error.path };
  }

  #createContext(): object {
    return this.#options.createContext(this.#operation.rights, this.#closing.signal);
  }
}

/**
 * Kinds, rights and filter as one question. What belongs to no province is visible to everyone. A filter that throws
 * lets the change pass: within the rights, one change too many is better than one too few.
 */
function passing({ field, rights, args }: FeedOperation, report: FormatError): (change: LoggedChange) => boolean {
  const kinds = field.kinds && new Set(field.kinds);
  const provinces = rights.provinces && new Set(rights.provinces);
  const filter = field.filterOf(args);
  return (change) => {
    if (kinds && !kinds.has(change.kind)) return false;
    if (provinces && change.province !== null && !provinces.has(change.province)) return false;
    try {
      return filter(change);
    } catch (error) {
      report(error);
      return true;
    }
  };
}

function withLast(change: LoggedChange, last: boolean): LoggedChange {
  return change.last === last ? change : { ...change, last };
}

/** One context for a part, so that its loaders batch; none where every result is already there. */
function lazily<Value>(create: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= create());
}
