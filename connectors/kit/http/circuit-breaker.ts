import { ConnectorError } from '../connector-error.ts';

export interface BreakerOptions {
  /** Failed attempts in a row that open the breaker. Default 8: two requests that used up their four attempts. */
  readonly failureThreshold: number;
  /** How long it stays open before one probe may pass. Default 30 s. */
  readonly openMs: number;
}

/**
 * Stops asking an upstream that keeps failing, for its sake and ours. Closed: all pass. Open: all fail at once. After
 * `openMs` half open: a single probe passes; its success closes, its failure opens anew.
 */
export class CircuitBreaker {
  private failures = 0;
  private openedAtMs: number | undefined;
  private isProbing = false;

  constructor(
    private readonly options: BreakerOptions,
    private readonly monotonicMs: () => number,
  ) {}

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.openedAtMs === undefined) return 'closed';
    return this.monotonicMs() - this.openedAtMs >= this.options.openMs ? 'half-open' : 'open';
  }

  /** Throws UPSTREAM_TRANSIENT unless a request may go out now; whoever was admitted must report how it went. */
  admit(): void {
    const { state } = this;
    if (state === 'closed') return;
    if (state === 'half-open' && !this.isProbing) {
      this.isProbing = true;
      return;
    }
    throw ConnectorError.of(
      'transient',
      'The upstream has failed repeatedly, so the hub pauses before asking it again.',
      `circuit breaker is ${state}`,
    );
  }

  succeeded(): void {
    this.failures = 0;
    this.openedAtMs = undefined;
    this.isProbing = false;
  }

  failed(): void {
    this.failures += 1;
    if (this.isProbing || this.failures >= this.options.failureThreshold) this.openedAtMs = this.monotonicMs();
    this.isProbing = false;
  }

  /** The request was cancelled: it says nothing about the upstream, and frees the probe for another. */
  abandoned(): void {
    this.isProbing = false;
  }
}
