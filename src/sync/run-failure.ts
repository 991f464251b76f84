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

  constructor(budgetMs: number, hasStored = false) {
    const then = hasStored
      ? '. What was read is stored; the next run goes on from there.'
      : ', and nothing had come by then. Raise timeBudgetMs of the source if that is how long it takes.';
    super(`The run took longer than ${budgetMs / 1000} s${then}`);
  }
}

/** A backfill met a limit. No run goes on with it: its range has to be asked for again, as `askAgain` says. */
export class BackfillUnfinishedError extends HubError {
  override readonly code: ErrorCode;
  override readonly retryable = true;

  constructor(cause: RunBudgetError | UnfinishedError, askAgain: string) {
    const isTime = cause instanceof RunBudgetError;
    super(`${isTime ? 'The time for a backfill is used up.' : cause.userMessage} ${askAgain}`, { cause });
    this.code = cause.code;
  }
}

/** A replay met stored answers that the contract of today has no frame for. */
export class UnreadableAnswersError extends HubError {
  override readonly code: ErrorCode = 'UPSTREAM_CONTRACT';
  /** Whether others could be read; what they say is stored. */
  readonly isPartial: boolean;

  constructor(unreadable: number, isPartial: boolean) {
    const [some, are] = unreadable === 1 ? ['One stored answer', 'is'] : [`${unreadable} stored answers`, 'are'];
    super(
      `${some} cannot be read by the contract of today, and ${are} left out${isPartial ? '; what the others say is stored' : ''}. The log has the reason of each; mend the contract so that it takes what was sent then, and replay again.`,
    );
    this.isPartial = isPartial;
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
  context: { signal: AbortSignal; budget: AbortSignal; budgetMs: number; hasStored: boolean },
): RunEnd {
  const { hasStored } = context;
  // A limit that was met breaks nothing: what was read before it stands, if anything was.
  const limited = hasStored ? 'PARTIAL' : 'FAILED';
  if (error instanceof BackfillUnfinishedError && !context.signal.aborted) return failed(limited, error);
  if (context.budget.aborted && !context.signal.aborted) {
    return failed(limited, new RunBudgetError(context.budgetMs, hasStored));
  }
  if (context.signal.aborted) {
    return {
      state: 'CANCELLED',
      failure: { code: 'CANCELLED', message: 'The run was stopped. What it had stored stays.', retryable: true },
    };
  }
  if (error instanceof RunLostError) return failed('CANCELLED', error);
  if (error instanceof UnreadableAnswersError) return failed(error.isPartial ? 'PARTIAL' : 'FAILED', error);
  if (error instanceof ConnectorError) {
    const isLimited = error instanceof UnfinishedError;
    return {
      state: error.code === 'CANCELLED' ? 'CANCELLED' : isLimited ? limited : 'FAILED',
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
