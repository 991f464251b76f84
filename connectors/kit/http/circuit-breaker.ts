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
  /** The admission of the probe that is under way. */
  private probe: symbol | undefined;

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
      if (state === 'open' || this.probe) throw new BreakerOpenError(state);
    }
    const admission = Symbol();
    if (state === 'half-open') this.probe = admission;
    return {
      succeeded: async () => this.close(),
      failed: async () => this.count(admission),
      abandoned: async () => this.freeProbe(admission),
    };
  }

  private close(): void {
    this.failures = 0;
    this.openedAtMs = undefined;
    this.probe = undefined;
  }

  private count(admission: symbol): void {
    this.failures += 1;
    const isEnough = this.probe === admission || this.failures >= this.options.failureThreshold;
    if (isEnough) this.openedAtMs = this.monotonicMs();
    this.freeProbe(admission);
  }

  /** Only the probe itself: a request from before the breaker opened may end while the probe is under way. */
  private freeProbe(admission: symbol): void {
    if (this.probe === admission) this.probe = undefined;
  }
}

/** Nothing was asked: to wait for the breaker is not for this run, the next one finds it closed or probes. */
export class BreakerOpenError extends ConnectorError {
  constructor(state: 'open' | 'half-open') {
    super(
      'UPSTREAM_TRANSIENT',
      'The upstream has failed repeatedly, so the hub pauses before asking it again.',
      `circuit breaker is ${state}`,
    );
    this.name = 'BreakerOpenError';
  }
}
