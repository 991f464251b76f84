/** What is kept of raw answers; all of it may be raised and lowered while the hub is down, and what is there follows. */
export interface RawLimits {
  /** How long an answer is kept after it was last given; 0 keeps none. */
  readonly keptMs: number;
  /** Of all answers of one source, compressed; the oldest go first. */
  readonly maxSourceBytes: number;
}

const DAY_MS = 86_400_000;
const MEBIBYTE = 2 ** 20;

export function rawLimitsOf(config: { readonly rawKeptDays: number; readonly rawSourceMebibytes: number }): RawLimits {
  return { keptMs: config.rawKeptDays * DAY_MS, maxSourceBytes: config.rawSourceMebibytes * MEBIBYTE };
}

/** An answer that is larger is noted and not kept: it would be half of what its source may keep. */
export const MAX_KEPT_ANSWER_BYTES = 256 * MEBIBYTE;

export const NOTHING_KEPT: RawLimits = { keptMs: 0, maxSourceBytes: 0 };
