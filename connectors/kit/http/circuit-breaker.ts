import { ConnectorError } from '../connector-error.ts';
import type { Admission, Breaker } from '../coordination.ts';

export interface BreakerOptions {
  /** Failed attempts in a row that open the breaker. Default 8: two requests that used up their four attempts. */
  readonly failureThreshold: number;
  /** How long it stays open before one probe may pass. Default 30 s. */
  readonly openMs: number;
}

/**
 * Stops asking an upstream that keeps failing, for its sake and ours. Closed: all pass. Open: all fail at once. After
 * `openMs` half open: a single probe passes; its success closes, its failure opens anew. For one process.
 */
export class CircuitBreaker implements Breaker {
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

  async admit(): Promise<Admission> {
    const { state } = this;
    if (state !== 'closed') {
      if (state === 'open' || this.isProbing) throw breakerIs(state);
      this.isProbing = true;
    }
    return {
      succeeded: async () => this.close(),
      failed: async () => this.count(),
      abandoned: async () => {
        this.isProbing = false;
      },
    };
  }

  private close(): void {
    this.failures = 0;
    this.openedAtMs = undefined;
    this.isProbing = false;
  }

  private count(): void {
    this.failures += 1;
    if (this.isProbing || this.failures >= this.options.failureThreshold) this.openedAtMs = this.monotonicMs();
    this.isProbing = false;
  }
}

export function breakerIs(state: 'open' | 'half-open'): ConnectorError {
  return ConnectorError.of(
    'transient',
    'The upstream has failed repeatedly, so the hub pauses before asking it again.',
    `circuit breaker is ${state}`,
  );
}
