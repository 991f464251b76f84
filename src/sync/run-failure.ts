import { ConnectorError } from '../../connectors/kit/connector-error.ts';
import { translateDatabaseError } from '../database/translate-error.ts';
import { type ErrorCode, HubError } from '../errors/index.ts';
import type { RunFailure, RunState } from './run-record.ts';

/** The run was given up while it went on (its worker was silent for too long); what it has in hand must not be stored. */
export class RunLostError extends HubError {
  override readonly code: ErrorCode = 'CANCELLED';

  constructor(runId: number) {
    super(`Run ${runId} was given up, because its worker had not been heard of. What it had stored stays.`);
  }
}

/** The source took longer than a run may take. */
export class RunBudgetError extends HubError {
  override readonly code: ErrorCode = 'TIMEOUT';
  override readonly retryable = true;

  constructor(budgetMs: number) {
    super(`The run took longer than ${budgetMs / 1000} s. What was read is stored; the next run goes on from there.`);
  }
}

export interface RunEnd {
  readonly state: Exclude<RunState, 'RUNNING'>;
  readonly failure: RunFailure;
}

/**
 * How a run that broke off is recorded: the state, a code and words for people. What is not one of our errors says
 * nothing of itself in the record; it is in the log.
 */
export function describeFailure(error: unknown, context: { signal: AbortSignal; budget: AbortSignal }): RunEnd {
  if (context.budget.aborted && !context.signal.aborted) return failed('PARTIAL', context.budget.reason as HubError);
  if (context.signal.aborted) {
    return {
      state: 'CANCELLED',
      failure: { code: 'CANCELLED', message: 'The run was stopped. What it had stored stays.', retryable: true },
    };
  }
  if (error instanceof RunLostError) return failed('CANCELLED', error);
  if (error instanceof ConnectorError) {
    return {
      state: error.code === 'CANCELLED' ? 'CANCELLED' : 'FAILED',
      failure: { code: error.code, message: error.userMessage, retryable: error.retryable },
    };
  }
  const known = translateDatabaseError(error);
  if (known instanceof HubError) return failed('FAILED', known);
  return {
    state: 'FAILED',
    failure: {
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something in the hub went wrong during the run; its log says what. Other sources go on.',
      retryable: true,
    },
  };
}

function failed(state: RunEnd['state'], error: HubError): RunEnd {
  return { state, failure: { code: error.code, message: error.message, retryable: error.retryable } };
}
