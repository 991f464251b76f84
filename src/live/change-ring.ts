import { type Transaction, transactionAfter } from './transaction.ts';

/**
 * The latest transactions, kept in memory so that subscribers who come back after a cut are served without SQL. Whole
 * transactions only, at most `capacity` changes together; the oldest are dropped first.
 */
export class ChangeRing {
  #transactions: Transaction[] = [];
  /** Transactions before this index are dropped; the array is shortened now and then, not on each push. */
  #start = 0;
  #changes = 0;
  #floor: number;
  readonly #capacity: number;

  constructor(capacity: number, floor: number) {
    this.#capacity = capacity;
    this.#floor = floor;
  }

  push(transaction: Transaction): void {
    this.#transactions.push(transaction);
    this.#changes += transaction.changes.length;
    while (this.#changes > this.#capacity) {
      const dropped = this.#transactions[this.#start++] as Transaction;
      this.#changes -= dropped.changes.length;
      this.#floor = dropped.lastSeq;
    }
    if (this.#start > 1024 && this.#start * 2 > this.#transactions.length) {
      this.#transactions = this.#transactions.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Everything after `seq` that has been pushed; null when some of it is no longer here. */
  after(seq: number): readonly Transaction[] | null {
    if (seq < this.#floor) return null;
    let low = this.#start;
    let high = this.#transactions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#transactions[middle] as Transaction).lastSeq > seq) high = middle;
      else low = middle + 1;
    }
    const rest = this.#transactions.slice(low);
    const first = rest[0] && transactionAfter(rest[0], seq);
    if (first) rest[0] = first;
    return rest;
  }
}
