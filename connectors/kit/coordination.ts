import type { TokenVault } from './auth/token-vault.ts';
import { ConnectorError } from './connector-error.ts';
import type { BreakerOptions } from './http/circuit-breaker.ts';
import type { RateLimit } from './http/token-bucket.ts';

/** Who may ask an upstream when. */
export interface RateLimiter {
  /**
   * Waits for a turn; who asked first goes first. Throws CANCELLED as soon as the signal aborts, having given the turn
   * back, an `UnfinishedError` at once where no turn comes within that time, and a {@link CoordinationError} where it
   * cannot be told. Without a turn nothing is sent.
   */
  take(signal: AbortSignal, withinMs: number): Promise<void>;
}

/** Whether an upstream may be asked at all. */
export interface Breaker {
  /** Throws UPSTREAM_TRANSIENT unless a request may go out now; whoever is admitted says how it went, once. */
  admit(signal: AbortSignal): Promise<Admission>;
}

/** None of these throws: how a request went is known, whether or not it can be noted. */
export interface Admission {
  succeeded(): Promise<void>;
  failed(): Promise<void>;
  /** The request was cancelled or never sent: it says nothing about the upstream, and frees a probe for another. */
  abandoned(): Promise<void>;
}

/**
 * What the workers of an installation share of an upstream. Without one, a process has it for itself: for the command
 * line where there is no database, and for tests in virtual time.
 */
export interface Coordination {
  rateLimiter(upstream: string, limit: RateLimit): RateLimiter;
  breaker(upstream: string, options: BreakerOptions): Breaker;
  tokenVault(upstream: string, credentials: Readonly<Record<string, string>>): TokenVault;
}

/**
 * What the workers share cannot be asked just now, so nothing goes out: better late than beyond the limit. It says
 * nothing of the upstream's health.
 */
export class CoordinationError extends ConnectorError {
  constructor(cause: unknown) {
    super(
      'UPSTREAM_TRANSIENT',
      "The hub's own database did not answer in time, so it could not be told whether the upstream may be asked; the next run goes on.",
      'coordination: the database did not answer',
      cause,
    );
    this.name = 'CoordinationError';
  }
}
