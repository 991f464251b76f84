import type { RateLimit } from '../kit/http/token-bucket.ts';

/** When a call came in: exactly, or somewhere in a span of time, since who noted it was held up. Milliseconds. */
export type CallTime = number | { readonly fromMs: number; readonly toMs: number };

/** A thousandth of a token is rounding. */
const NEARLY = 0.001;

/**
 * The calls, in their order, that a token bucket of that limit would not have let through, at whatever moment of their
 * spans they all came in.
 */
export function overLimit(
  calls: readonly CallTime[],
  { requestsPerSecond, burst }: Pick<RateLimit, 'requestsPerSecond' | 'burst'>,
): CallTime[] {
  const perMs = requestsPerSecond / 1000;
  let tokens = burst;
  let lastMs = Number.NEGATIVE_INFINITY;
  const tokensAt = (ms: number): number => Math.min(burst, tokens + (ms - lastMs) * perMs);
  return calls.filter((call) => {
    const { fromMs, toMs } = typeof call === 'number' ? { fromMs: call, toMs: call } : call;
    // As early as there is a token: whoever spends one earlier has no fewer later on.
    const earliestMs = Math.max(fromMs, lastMs);
    const missing = 1 - tokensAt(earliestMs);
    const atMs = Math.min(toMs, earliestMs + Math.max(0, missing / perMs));
    tokens = tokensAt(atMs) - 1;
    lastMs = atMs;
    return tokens < -NEARLY;
  });
}
