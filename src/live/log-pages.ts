import type { ChangeSource } from './change-source.ts';
import { groupByTransaction, type Transaction } from './transaction.ts';

export type LogPage =
  /** Whole transactions in order; the log has been read up to `lastSeq`. */
  | { readonly kind: 'page'; readonly transactions: readonly Transaction[] }
  /** The log no longer goes back that far, or is another one. */
  | { readonly kind: 'gone' };

/**
 * Reads the log from the table for subscribers who come back from further ago than memory goes. Equal reads at the same
 * time are one read, and few go on at once, so that a thousand who come back do not take the database down.
 */
export class LogPages {
  readonly #source: ChangeSource;
  readonly #pageSize: number;
  readonly #underWay = new Map<string, Promise<LogPage>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(source: ChangeSource, { pageSize = 1_000, maxConcurrent = 4 } = {}) {
    this.#source = source;
    this.#pageSize = pageSize;
    this.#free = maxConcurrent;
  }

  /**
   * The transactions after `seq`, at least one. Only asked for places that the feed has gone past: where nothing follows
   * them, something was taken away. Rejects as the source does.
   */
  read(epoch: string, seq: number): Promise<LogPage> {
    const key = `${epoch}:${seq}`;
    let page = this.#underWay.get(key);
    if (!page) {
      page = this.#inTurn(() => this.#read(epoch, seq)).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, page);
    }
    return page;
  }

  async #read(epoch: string, seq: number): Promise<LogPage> {
    const rows = [];
    for (;;) {
      const more = await this.#source.read(rows.at(-1)?.seq ?? seq, this.#pageSize);
      rows.push(...more);
      // A transaction longer than a page: its rest is there, since it became visible as a whole.
      if (more.length < this.#pageSize || rows.some((row) => row.last)) break;
    }
    // Asked after reading: what was pruned while we read shows here, and what shows as kept was kept while we read.
    const head = await this.#source.head();
    if (head.epoch !== epoch || seq < head.oldestSeq - 1 || rows.length === 0) return { kind: 'gone' };
    return { kind: 'page', transactions: groupByTransaction(epoch, rows).transactions };
  }

  async #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
