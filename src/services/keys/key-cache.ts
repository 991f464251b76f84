import type { Clock } from '../../lib/clock.ts';
import type { StoredKey } from './key-store.ts';

/**
 * Keys read a moment ago, so that a request costs no query. An entry lives at most `ttlMs`, and goes at once when its
 * revocation is heard of; a read that was under way meanwhile is not kept, for it may be from before the revocation.
 */
export class KeyCache {
  readonly #entries = new Map<string, { key: StoredKey; expiresAt: number }>();
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #maxEntries: number;
  #generation = 0;

  constructor(options: { clock: Clock; ttlMs: number; maxEntries?: number }) {
    this.#clock = options.clock;
    this.#ttlMs = options.ttlMs;
    this.#maxEntries = options.maxEntries ?? 1_000;
  }

  async get(id: string, read: () => Promise<StoredKey | null>): Promise<StoredKey | null> {
    const now = this.#clock.now().getTime();
    const entry = this.#entries.get(id);
    if (entry && entry.expiresAt > now) return entry.key;
    const generation = this.#generation;
    const key = await read();
    // Ids nobody issued are not kept: they would let a stranger fill the cache.
    if (key && generation === this.#generation) {
      if (this.#entries.size >= this.#maxEntries) this.#entries.clear();
      this.#entries.set(id, { key, expiresAt: now + this.#ttlMs });
    }
    return key;
  }

  forget(id: string): void {
    this.#generation += 1;
    this.#entries.delete(id);
  }

  clear(): void {
    this.#generation += 1;
    this.#entries.clear();
  }
}
