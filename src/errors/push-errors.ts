import { HubError } from './hub-error.ts';

/** `media-type`: not one that is taken; `unreadable`: not what it says it is; `records`: readable, and wrong. */
export type PushRefusal = 'media-type' | 'unreadable' | 'records';

/** A delivery of which nothing was taken, with everything that is wrong with it: line, row, field, value, reason. */
export class PushRefusedError extends HubError {
  override readonly code = 'BAD_USER_INPUT';
  override readonly details: Readonly<Record<string, unknown>>;
  readonly refusal: PushRefusal;

  constructor(refusal: PushRefusal, message: string, problems: readonly object[] = [], options?: { cause?: unknown }) {
    super(message, options);
    this.refusal = refusal;
    this.details = { problems: problems.slice(0, MAX_PROBLEMS), problemCount: problems.length };
  }
}

/** Told of one delivery; who has more of them mends these first. */
export const MAX_PROBLEMS = 100;

/** Somebody sends faster than they may. Nothing is lost where they send the same again. */
export class RateLimitError extends HubError {
  override readonly code = 'LIMIT_RATE';
  override readonly retryable = true;
  override readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`Too much at once: send it again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
    this.details = { retryAfterSeconds };
  }
}
