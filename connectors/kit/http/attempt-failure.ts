import { prettifyError, ZodError } from 'zod';
import { SharedSignInError } from '../auth/token-vault.ts';
import { ConnectorError } from '../connector-error.ts';
import { CoordinationError } from '../coordination.ts';
import { PagingFault } from '../paging/paging-fault.ts';
import { UnfinishedError } from '../unfinished-error.ts';
import type { ErrorRule } from './error-table.ts';
import { HubFaultError } from './hub-fault-error.ts';
import { RequestsSpentError } from './run-budget.ts';

/** A failed attempt, with what the upstream said about when to come back. */
export class AttemptFailure extends Error {
  constructor(
    readonly error: ConnectorError,
    readonly action: 'retry' | 'reauthenticate' | 'fail',
    readonly retryAfter?: number,
  ) {
    super(error.message);
  }
}

/** What a rule of the error table says. That an upstream limits us is no fault of its: what was read stands. */
export function errorOf(rule: ErrorRule, logMessage: string): ConnectorError {
  return rule.action === 'rate-limited'
    ? new UnfinishedError(rule.userMessage, logMessage)
    : ConnectorError.of(rule.kind, rule.userMessage, logMessage);
}

/** What becomes of an attempt in which this was thrown. */
export function toFailure(error: unknown): AttemptFailure {
  if (error instanceof AttemptFailure) return error;
  if (error instanceof UnfinishedError || error instanceof RequestsSpentError) return new AttemptFailure(error, 'fail');
  if (error instanceof PagingFault && error.again === 'list') return new AttemptFailure(error, 'fail');
  if (error instanceof ConnectorError) return new AttemptFailure(error, error.retryable ? 'retry' : 'fail');
  if (error instanceof ZodError) {
    const told = "The upstream's answer has not the promised shape; its interface may have changed.";
    return new AttemptFailure(ConnectorError.of('contract', told, prettifyError(error)), 'fail');
  }
  const unknown = ConnectorError.of(
    'system',
    'The connector failed on this answer; its log says more.',
    String(error),
    error,
  );
  return new AttemptFailure(unknown, 'fail');
}

/** Only what tells of the upstream's health counts for the breaker: a refusal of credentials or a full budget does not. */
export function isUpstreamsFault(error: unknown): boolean {
  const known = toFailure(error).error;
  const ours = [UnfinishedError, RequestsSpentError, CoordinationError, SharedSignInError, HubFaultError];
  const isOurs = ours.some((kind) => known instanceof kind);
  return known.retryable && !isOurs;
}
