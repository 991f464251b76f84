import type { ErrorCode } from '../../errors/index.ts';

/** A mistake that the sender can put right; part of an answer rather than an error of the request. */
export interface UserError {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where in the input. */
  readonly path: readonly string[];
}
