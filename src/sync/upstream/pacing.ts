import type { RateLimit } from '../../../connectors/kit/http/token-bucket.ts';

/**
 * How turns are planned so that the upstream never sees more than its limit, although a turn is planned by the clock of
 * the database and used a moment later by a worker: up to `LIFE_MS` later, on its way to the upstream included.
 *
 * Requests that are `intervalMs` apart with a burst of `burst` and each late by anything up to LIFE_MS pass a token bucket
 * of the limit: n of them take at least (n - burst) * interval - LIFE, and (n - limit.burst) / rate is what the limit asks
 * for, of which n = limit.burst + 1 is the hardest.
 */
export interface Pacing {
  readonly intervalMs: number;
  readonly burst: number;
}

/** Of a turn, from its moment to the arrival at the upstream. */
export const LIFE_MS = 150;
/** What of that may pass before the request goes out; the rest is for the way. */
export const USABLE_MS = 100;

export function paceOf({ requestsPerSecond, burst }: Pick<RateLimit, 'requestsPerSecond' | 'burst'>): Pacing {
  const intervalMs = 1000 / requestsPerSecond;
  const plannedBurst = Math.floor(burst - LIFE_MS / intervalMs);
  if (plannedBurst >= 1) return { intervalMs, burst: plannedBurst };
  return { intervalMs: Math.max(intervalMs, (intervalMs + LIFE_MS) / Math.floor(burst)), burst: 1 };
}

/** Most turns that one statement may take ahead: no more than can be used while they are good. */
export function maxLease({ intervalMs, burst }: Pacing): number {
  return Math.max(1, Math.min(burst, Math.floor(USABLE_MS / 2 / intervalMs)));
}
