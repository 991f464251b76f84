import type { LoggedChange } from './change-source.ts';

/** The changes of one commit, whole and in order; never empty. */
export interface Transaction {
  /** Of the log that it is in. */
  readonly epoch: string;
  readonly changes: readonly LoggedChange[];
  readonly lastSeq: number;
}

/** What has come of a transaction so far; the end of a page may fall into the middle of one. */
export type OpenTransaction = LoggedChange[];

/**
 * Groups rows, given in the order of seq, into whole transactions. Rows of a transaction whose last row has not come yet
 * stay in `open`, which the next call takes. A transaction becomes visible as a whole, so its rest stands on the next
 * page. The first may lack its beginning: whoever reads from a cursor inside a transaction gets the rest of it.
 */
export function groupByTransaction(
  epoch: string,
  rows: readonly LoggedChange[],
  open: OpenTransaction = [],
): { transactions: Transaction[]; open: OpenTransaction } {
  const transactions: Transaction[] = [];
  let current = open;
  for (const row of rows) {
    current.push(row);
    if (row.last) {
      transactions.push({ epoch, changes: current, lastSeq: row.seq });
      current = [];
    }
  }
  return { transactions, open: current };
}

/** The part of a transaction after `seq`, null when nothing is. */
export function transactionAfter(transaction: Transaction, seq: number): Transaction | null {
  if (transaction.lastSeq <= seq) return null;
  if ((transaction.changes[0] as LoggedChange).seq > seq) return transaction;
  return { ...transaction, changes: transaction.changes.filter((change) => change.seq > seq) };
}
