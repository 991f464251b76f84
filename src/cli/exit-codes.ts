import type { ErrorCode } from '../errors/index.ts';

/** What the exit code of `lienthong` means; scripts may rely on it. */
export const EXIT = {
  ok: 0,
  /** It was tried and failed; standard error says why. */
  failure: 1,
  /** The command, its arguments or the configuration cannot be meant. */
  usage: 2,
  /** The hub or its database is not there; trying again later may help. */
  unavailable: 3,
  /** Done in part: a run that left something out, an answer with data and errors. */
  partial: 4,
  /** The key is missing, wrong or not enough. */
  refused: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export const EXIT_CODES_TEXT = `Exit codes:
  0 done   1 failed   2 wrong usage or configuration   3 hub or database not reachable
  4 done in part (records were rejected, an answer has errors)   5 key missing or not enough   130 interrupted`;

const BY_ERROR: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: EXIT.usage,
  BAD_CURSOR: EXIT.usage,
  CONFIGURATION: EXIT.usage,
  UNAVAILABLE: EXIT.unavailable,
  TIMEOUT: EXIT.unavailable,
  UNAUTHENTICATED: EXIT.refused,
  FORBIDDEN: EXIT.refused,
  CANCELLED: EXIT.interrupted,
};

export function exitCodeOf(code: ErrorCode): number {
  return BY_ERROR[code] ?? EXIT.failure;
}
