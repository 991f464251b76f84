import { HubError } from './hub-error.ts';

type Details = Readonly<Record<string, unknown>>;

/** An argument that cannot be meant. Say which one, what it was and what would do. */
export class BadUserInputError extends HubError {
  override readonly code = 'BAD_USER_INPUT';
  override readonly details: Details;

  constructor(message: string, details: Details = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.details = details;
  }
}

/** A text that is no cursor of this hub. A cursor that is too old is no error: the feed answers MUST_REFETCH. */
export class BadCursorError extends HubError {
  override readonly code = 'BAD_CURSOR';

  constructor(argument = 'after') {
    super(`"${argument}" is not a cursor of this hub. Pass one that it gave you, unchanged, or leave it out.`);
  }
}

/** Nothing of that name, or nothing that the caller may see: the two are not told apart. */
export class NotFoundError extends HubError {
  override readonly code = 'NOT_FOUND';
  override readonly details: Details;

  constructor(what: string, id: string) {
    super(`There is no ${what} "${id}".`);
    this.details = { what, id };
  }
}

/** No key where one is needed, or one that is wrong or revoked; which of these is not said. */
export class UnauthenticatedError extends HubError {
  override readonly code = 'UNAUTHENTICATED';

  constructor(
    message = 'A valid key is needed: send "Authorization: Bearer lt_…" (make one with `lienthong keys create`).',
  ) {
    super(message);
  }
}

/** The key is good, its role or scope is not enough. */
export class ForbiddenError extends HubError {
  override readonly code = 'FORBIDDEN';

  constructor(message: string) {
    super(message);
  }
}

/** The state of things does not allow it, e.g. a correction that was withdrawn before. */
export class ConflictError extends HubError {
  override readonly code = 'CONFLICT';
  override readonly retryable: boolean;

  constructor(message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options);
    this.retryable = options.retryable ?? false;
  }
}

export type LimitCode =
  | 'LIMIT_DEPTH'
  | 'LIMIT_COST'
  | 'LIMIT_ALIASES'
  | 'LIMIT_PAGE_SIZE'
  | 'LIMIT_DOCUMENT_SIZE'
  | 'LIMIT_SUBSCRIPTIONS';

/** A limit was passed; `extensions` say which value was allowed and which was asked for. */
export class LimitError extends HubError {
  override readonly code: LimitCode;
  override readonly details: Details;

  constructor(code: LimitCode, message: string, details: { limit: number; requested: number }) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
