/** How long before its end a token is renewed, so that it does not die on the way. */
const DEFAULT_EARLY_MS = 30_000;

/** Until when to use a token. A short-lived one keeps at least half of its life, so that the margin does not make it be born dead. */
export function expiry(lifeMs: number, nowMs: number, earlyMs = DEFAULT_EARLY_MS): number {
  return nowMs + Math.max(lifeMs - earlyMs, lifeMs / 2);
}
