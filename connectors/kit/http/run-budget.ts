import { ConnectorError } from '../connector-error.ts';
import { UnfinishedError } from '../unfinished-error.ts';

export interface BudgetLimits {
  /** Of one run, waits included. */
  readonly timeMs: number;
  /** Requests of one run, sign-in and retries included. */
  readonly requests: number;
  /** Whether the next run goes on where this one ends. */
  readonly goesOn: boolean;
}

/** To ask again would spend no less, and it tells nothing of the upstream's health. */
export class RequestsSpentError extends ConnectorError {
  constructor(requests: number) {
    const told = `The run used up its ${requests} requests; the upstream may page without end.`;
    super('UPSTREAM_SYSTEM', told, told);
    this.name = 'RequestsSpentError';
  }
}

/** What one run may still spend. */
export class RunBudget {
  requests = 0;
  private readonly startedAtMs: number;

  constructor(
    private readonly limits: BudgetLimits,
    private readonly monotonicMs: () => number,
  ) {
    this.startedAtMs = monotonicMs();
  }

  remainingMs(): number {
    return Math.max(0, this.limits.timeMs - (this.monotonicMs() - this.startedAtMs));
  }

  /** Counts a request; throws where there is no time or request left. */
  spendRequest(): void {
    if (this.requests >= this.limits.requests) {
      throw new RequestsSpentError(this.limits.requests);
    }
    this.assertTimeFor(0);
    this.requests += 1;
  }

  /** Throws an {@link UnfinishedError} where a wait of that length would go beyond the budget: then better to end now. */
  assertTimeFor(waitMs: number): void {
    const remainingMs = this.remainingMs();
    if (remainingMs > 0 && waitMs <= remainingMs) return;
    const seconds = this.limits.timeMs / 1000;
    const then = this.limits.goesOn ? '; the next one goes on' : '';
    throw new UnfinishedError(`The run did not finish within its ${seconds} s${then}.`, 'time budget used up');
  }
}
