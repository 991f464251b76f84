import type { Sleep } from '../sleep.ts';

export interface RateLimit {
  readonly requestsPerSecond: number;
  /** How many may go out at once after a pause; at least 1. */
  readonly burst: number;
}

/** A token bucket: whoever takes from an empty one waits its turn, in the order of asking. */
export class TokenBucket {
  private tokens: number;
  private filledAtMs: number;

  constructor(
    private readonly limit: RateLimit,
    private readonly monotonicMs: () => number,
    private readonly sleep: Sleep,
  ) {
    this.tokens = limit.burst;
    this.filledAtMs = monotonicMs();
  }

  /** Milliseconds until a request that is asked for now may go out. */
  waitMs(): number {
    this.fill();
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) / this.limit.requestsPerSecond) * 1000);
  }

  /** Waits for a turn. A caller that is cancelled while waiting gives its turn back. */
  async take(signal: AbortSignal): Promise<void> {
    const waitMs = this.waitMs();
    this.tokens -= 1;
    if (waitMs === 0) return;
    try {
      await this.sleep(waitMs, signal);
    } catch (error) {
      this.tokens += 1;
      throw error;
    }
  }

  private fill(): void {
    const nowMs = this.monotonicMs();
    const gained = ((nowMs - this.filledAtMs) / 1000) * this.limit.requestsPerSecond;
    this.tokens = Math.min(this.limit.burst, this.tokens + gained);
    this.filledAtMs = nowMs;
  }
}
