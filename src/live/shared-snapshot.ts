import { encodeCursor } from '../lib/cursor.ts';
import type { FeedOperation } from './feed-operation.ts';
import type { OperationGroup } from './operation-group.ts';
import type { SharedResult } from './shared-result.ts';

/** Rows per snapshot message. */
const PAGE_SIZE = 100;

export interface ServedSnapshot {
  readonly horizon: number;
  readonly pages: readonly SharedResult[];
}

/**
 * The snapshot of one operation. Those who ask while one is being read share it: whatever its horizon, the changes after
 * it follow, so it is right for each of them.
 */
export class SharedSnapshot {
  readonly #operation: FeedOperation;
  readonly #group: OperationGroup;
  #underWay: Promise<ServedSnapshot> | null = null;

  constructor(operation: FeedOperation, group: OperationGroup) {
    this.#operation = operation;
    this.#group = group;
  }

  take(epoch: string): Promise<ServedSnapshot> {
    this.#underWay ??= this.#read(epoch).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #read(epoch: string): Promise<ServedSnapshot> {
    const { field, args, rights } = this.#operation;
    if (!field.snapshot) throw new Error(`${field.fieldName} has no snapshot`);
    const { horizon, rows } = await field.snapshot(args, rights, this.#group.signal);
    const cursor = encodeCursor({ epoch, seq: horizon });
    const pages: SharedResult[] = [];
    // An empty snapshot is one page too: `complete` has to come.
    for (let start = 0; start === 0 || start < rows.length; start += PAGE_SIZE) {
      const complete = start + PAGE_SIZE >= rows.length;
      const nodes = rows.slice(start, start + PAGE_SIZE);
      pages.push(await this.#group.resultOfPage({ type: 'Snapshot', cursor, nodes, complete }));
    }
    return { horizon, pages };
  }
}
