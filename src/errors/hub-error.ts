/**
 * The closed list of codes that `extensions.code`, the command line and the HTTP edges may give. Each is documented in
 * docs/errors.md.
 */
export const ERROR_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_CURSOR',
  'NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CONFLICT',
  'LIMIT_DEPTH',
  'LIMIT_COST',
  'LIMIT_ALIASES',
  'LIMIT_PAGE_SIZE',
  'LIMIT_DOCUMENT_SIZE',
  'LIMIT_SUBSCRIPTIONS',
  'LIMIT_RATE',
  'TIMEOUT',
  'UNAVAILABLE',
  'CONFIGURATION',
  'UPSTREAM_CONFIGURATION',
  'UPSTREAM_TRANSIENT',
  'UPSTREAM_SYSTEM',
  'UPSTREAM_CONTRACT',
  'CANCELLED',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * The base of every error of ours. `message` is safe to show: it says what was wrong, where, and what to do next, and
 * never holds a secret, an SQL text or a stack. What only the log may see goes into `cause`.
 */
export abstract class HubError extends Error {
  abstract readonly code: ErrorCode;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean = false;
  /** More of the same for `extensions`, e.g. the limit that was passed. */
  readonly details: Readonly<Record<string, unknown>> = {};

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}
