import type { SharedResult } from './shared-result.ts';

/**
 * Results of the latest changes of one operation. Those who come back at different places of the log, and the group that
 * goes on, share what they have in common. Bounded in characters; the oldest go first. Failed executions are not kept,
 * so that whoever comes back after an outage is not told of it again.
 */
export class ResultCache {
  readonly #entries = new Map<number, SharedResult | Promise<SharedResult>>();
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters = 4 * 1024 * 1024) {
    this.#maxCharacters = maxCharacters;
  }

  /** The result of that change; `create` must not reject. */
  get(seq: number, create: () => Promise<SharedResult>): SharedResult | Promise<SharedResult> {
    const known = this.#entries.get(seq);
    if (known) return known;
    const pending = create().then((result) => {
      if (this.#entries.get(seq) === pending) this.#settle(seq, result);
      return result;
    });
    this.#entries.set(seq, pending);
    return pending;
  }

  clear(): void {
    this.#entries.clear();
    this.#characters = 0;
  }

  #settle(seq: number, result: SharedResult): void {
    if (result.hasErrors) {
      this.#entries.delete(seq);
      return;
    }
    this.#entries.set(seq, result);
    this.#characters += result.json.length;
    for (const [oldest, entry] of this.#entries) {
      if (this.#characters <= this.#maxCharacters) break;
      if (entry instanceof Promise || oldest === seq) continue;
      this.#characters -= entry.json.length;
      this.#entries.delete(oldest);
    }
  }
}
