import type { PushProblem } from './push.ts';

/**
 * `UNAUTHENTICATED`: nobody knows who sent it; `UNSUPPORTED`: another media type; `TOO_LARGE`: more than the source takes;
 * `UNREADABLE`: not what it says it is.
 */
export type PushErrorCode = 'UNAUTHENTICATED' | 'UNSUPPORTED' | 'TOO_LARGE' | 'UNREADABLE';

/** Why a delivery is refused before any record of it is looked at. The message is shown to the sender. */
export class PushError extends Error {
  readonly code: PushErrorCode;
  readonly problems: readonly PushProblem[];

  constructor(code: PushErrorCode, message: string, problems: readonly PushProblem[] = []) {
    super(message);
    this.name = 'PushError';
    this.code = code;
    this.problems = problems;
  }

  static unreadable(message: string, place: Partial<PushProblem> = {}): PushError {
    const problem = { line: null, row: null, field: null, value: null, reason: message, ...place };
    return new PushError('UNREADABLE', message, [problem]);
  }
}
