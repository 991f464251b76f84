import { ConnectorError } from '../../connectors/kit/connector-error.ts';
import { UnfinishedError } from '../../connectors/kit/unfinished-error.ts';
import { translateDatabaseError } from '../database/translate-error.ts';
import { BadUserInputError, ConflictError, type ErrorCode, HubError } from '../errors/index.ts';
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
export function describeFailure(
  error: unknown,
  context: { signal: AbortSignal; budget: AbortSignal; hasStored: boolean },
): RunEnd {
  if (context.budget.aborted && !context.signal.aborted) return failed('PARTIAL', context.budget.reason as HubError);
  if (context.signal.aborted) {
    return {
      state: 'CANCELLED',
      failure: { code: 'CANCELLED', message: 'The run was stopped. What it had stored stays.', retryable: true },
    };
  }
  if (error instanceof RunLostError) return failed('CANCELLED', error);
  if (error instanceof ConnectorError) {
    // A limit that was met breaks nothing: what was read before it stands.
    const isPartial = error instanceof UnfinishedError && context.hasStored;
    return {
      state: error.code === 'CANCELLED' ? 'CANCELLED' : isPartial ? 'PARTIAL' : 'FAILED',
      failure: { code: error.code, message: error.userMessage, retryable: error.retryable },
    };
  }
  const known = translateDatabaseError(error);
  if (known instanceof HubError && !isOurMistake(known)) return failed('FAILED', known);
  return {
    state: 'FAILED',
    failure: {
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something in the hub went wrong during the run; its log says what. Other sources go on.',
      retryable: true,
    },
  };
}

/** The store refuses what was checked before it: no upstream and no operator can set that right. */
function isOurMistake(error: HubError): boolean {
  return error instanceof BadUserInputError || (error instanceof ConflictError && !error.retryable);
}

function failed(state: RunEnd['state'], error: HubError): RunEnd {
  return { state, failure: { code: error.code, message: error.message, retryable: error.retryable } };
}
