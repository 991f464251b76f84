import { ConnectorError } from '../connector-error.ts';
import type { RateLimiter } from '../coordination.ts';
import { orCancelled, type Sleep } from '../sleep.ts';
import { UnfinishedError } from '../unfinished-error.ts';

export interface RateLimit {
  readonly requestsPerSecond: number;
  /** How many may go out at once after a pause; at least 1. */
  readonly burst: number;
  /** How many may go out in a day of Viet Nam; in a process by itself in any 24 h from its first. Default: no limit. */
  readonly requestsPerDay?: number;
}

const DAY_MS = 86_400_000;
/** A millionth of a token is rounding. */
const NEARLY = 1e-6;

/**
 * A token bucket for one process. Nobody takes a token before their turn has come, so whoever is cancelled while they
 * wait has nothing to give back.
 */
export class TokenBucket implements RateLimiter {
  private tokens: number;
  private filledAtMs: number;
  private dayEndsAtMs = Number.NEGATIVE_INFINITY;
  private takenOfDay = 0;
  private waiting = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly limit: RateLimit,
    private readonly monotonicMs: () => number,
    private readonly sleep: Sleep,
  ) {
    this.tokens = limit.burst;
    this.filledAtMs = monotonicMs();
  }

  /** Milliseconds until a request that is asked for now may go out, after those that wait already. */
  waitMs(): number {
    this.fill();
    const missing = 1 + this.waiting - this.tokens;
    return missing <= NEARLY ? 0 : Math.ceil((missing / this.limit.requestsPerSecond) * 1000);
  }

  async take(signal: AbortSignal, withinMs = Number.POSITIVE_INFINITY): Promise<void> {
    if (signal.aborted) throw ConnectorError.cancelled();
    const waitMs = this.waitMs();
    if (waitMs > withinMs) throw noTurnWithin(this.limit, withinMs);
    const before = this.last;
    const mine = Promise.withResolvers<void>();
    this.last = mine.promise;
    this.waiting += 1;
    try {
      await orCancelled(before, signal);
      await this.awaitToken(signal);
    } finally {
      this.waiting -= 1;
      // Who is cancelled in the queue leaves it without letting anybody overtake.
      void before.then(mine.resolve);
    }
  }

  private async awaitToken(signal: AbortSignal): Promise<void> {
    this.spendOfDay();
    for (;;) {
      this.fill();
      const missing = 1 - this.tokens;
      if (missing <= NEARLY) break;
      await this.sleep(Math.ceil((missing / this.limit.requestsPerSecond) * 1000), signal);
    }
    this.tokens -= 1;
    this.takenOfDay += 1;
  }

  private spendOfDay(): void {
    const nowMs = this.monotonicMs();
    if (nowMs >= this.dayEndsAtMs) {
      this.dayEndsAtMs = nowMs + DAY_MS;
      this.takenOfDay = 0;
    }
    const { requestsPerDay } = this.limit;
    if (requestsPerDay !== undefined && this.takenOfDay >= requestsPerDay) throw dayIsSpent(requestsPerDay);
  }

  private fill(): void {
    const nowMs = this.monotonicMs();
    const gained = ((nowMs - this.filledAtMs) / 1000) * this.limit.requestsPerSecond;
    this.tokens = Math.min(this.limit.burst, this.tokens + gained);
    this.filledAtMs = nowMs;
  }
}

export function noTurnWithin({ requestsPerSecond }: RateLimit, withinMs: number): UnfinishedError {
  const seconds = Math.round(withinMs / 1000);
  return new UnfinishedError(
    `The upstream may be asked ${requestsPerSecond} times a second, and no turn comes within the ${seconds} s that the run has left; the next run goes on.`,
    'no turn within the time budget',
  );
}

export function dayIsSpent(requestsPerDay: number): UnfinishedError {
  return new UnfinishedError(
    `The upstream may be asked ${requestsPerDay} times a day, and today's are used up; the first run of tomorrow goes on.`,
    'no request left for today',
  );
}
