import type { Coordination } from '../../../connectors/kit/coordination.ts';
import { realSleep, type Sleep } from '../../../connectors/kit/sleep.ts';
import type { Database } from '../../database/open-database.ts';
import { createAskDatabase } from './ask-database.ts';
import { PgBreaker } from './pg-breaker.ts';
import { PgRateLimiter } from './pg-rate-limiter.ts';
import { PgTokenVault } from './pg-token-vault.ts';

/** What all workers of an installation share of their upstreams, kept in PostgreSQL. */
export function createCoordination(parts: {
  database: Pick<Database, 'fork'>;
  monotonicMs?: () => number;
  sleep?: Sleep;
}): Coordination {
  const { sleep = realSleep, monotonicMs = () => performance.now() } = parts;
  const shared = { ask: createAskDatabase(parts.database), sleep, monotonicMs };
  return {
    rateLimiter: (upstream, limit) => new PgRateLimiter(upstream, limit, shared),
    breaker: (upstream, options) => new PgBreaker(upstream, options, shared),
    tokenVault: (upstream, credentials) => new PgTokenVault(upstream, credentials, shared),
  };
}
