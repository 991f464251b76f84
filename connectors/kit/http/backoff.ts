export interface RetryPolicy {
  /** Attempts in all; 1 is none beyond the first. */
  readonly maxAttempts: number;
  /** Upper bound of the first wait; it doubles with each attempt. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 4, firstDelayMs: 500, maxDelayMs: 15_000 };

/**
 * How long to wait after the attempt of that number (from 1) failed. Exponential with full jitter over the upper half,
 * so that workers that failed together do not come back together; never less than the upstream asked for.
 */
export function backoffMs(policy: RetryPolicy, attempt: number, random: () => number, retryAfterMs?: number): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 1));
  const jittered = Math.round(ceiling * (0.5 + 0.5 * random()));
  return Math.max(jittered, retryAfterMs ?? 0);
}

/** Milliseconds of a `Retry-After` header (seconds or an HTTP date); undefined where it is missing or makes no sense. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
