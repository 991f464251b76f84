/** Kind of failure: ours or the operator's to set right, passing by itself, the upstream's fault, not what was promised. */
export type FailureKind = 'configuration' | 'transient' | 'system' | 'contract';

export type ConnectorErrorCode =
  | 'UPSTREAM_CONFIGURATION'
  | 'UPSTREAM_TRANSIENT'
  | 'UPSTREAM_SYSTEM'
  | 'UPSTREAM_CONTRACT'
  | 'CANCELLED';

const CODES: Record<FailureKind, ConnectorErrorCode> = {
  configuration: 'UPSTREAM_CONFIGURATION',
  transient: 'UPSTREAM_TRANSIENT',
  system: 'UPSTREAM_SYSTEM',
  contract: 'UPSTREAM_CONTRACT',
};

/**
 * Why an upstream could not be read. `userMessage` says what is wrong and what to do, and is safe to show; `message` is
 * for the log, has more detail, and holds no secret either. `retryable`: whether a later run may do better with nobody
 * changing anything.
 */
export class ConnectorError extends Error {
  readonly code: ConnectorErrorCode;
  readonly retryable: boolean;
  userMessage: string;

  protected constructor(code: ConnectorErrorCode, userMessage: string, logMessage: string, cause?: unknown) {
    super(logMessage, { cause });
    this.name = 'ConnectorError';
    this.code = code;
    this.retryable = code === 'UPSTREAM_TRANSIENT' || code === 'UPSTREAM_SYSTEM';
    this.userMessage = userMessage;
  }

  /** Takes out of all that is told of it what must not be told, such as what an upstream echoes. */
  redact(hide: (text: string) => string): this {
    this.message = hide(this.message);
    this.userMessage = hide(this.userMessage);
    this.stack = hide(this.stack ?? '');
    return this;
  }

  static of(kind: FailureKind, userMessage: string, logMessage = userMessage, cause?: unknown): ConnectorError {
    return new ConnectorError(CODES[kind], userMessage, logMessage, cause);
  }

  static cancelled(): ConnectorError {
    return new ConnectorError('CANCELLED', 'The run was cancelled.', 'cancelled');
  }
}

/** Throws CANCELLED where the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw ConnectorError.cancelled();
}
