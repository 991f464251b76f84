import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { TokenSlot } from './auth/token-slot.ts';
import { type BreakerOptions, CircuitBreaker } from './http/circuit-breaker.ts';
import { type RateLimit, TokenBucket } from './http/token-bucket.ts';
import { realSleep, type Sleep } from './sleep.ts';

export interface SharedStateOptions {
  /** Default: a timer that ends with the signal. */
  readonly sleep?: Sleep;
  /** Milliseconds that only move forward; default `performance.now`. */
  readonly monotonicMs?: () => number;
  /** Connections kept open per upstream host; default 8. More wins nothing, since a source has one run at a time. */
  readonly maxSocketsPerHost?: number;
}

/**
 * What all runs of one process share, by upstream: sessions (so that a dead one is renewed once, not by every run),
 * breakers, rate limits, and keep-alive connections. One per process; `close` ends it.
 */
export class SharedState {
  readonly sleep: Sleep;
  readonly monotonicMs: () => number;
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  private readonly closing = new AbortController();
  private readonly slots = new Map<string, TokenSlot>();
  private readonly breakers = new Map<string, CircuitBreaker>();
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(options: SharedStateOptions = {}) {
    this.sleep = options.sleep ?? realSleep;
    this.monotonicMs = options.monotonicMs ?? (() => performance.now());
    const agentOptions = { keepAlive: true, maxSockets: options.maxSocketsPerHost ?? 8, scheduling: 'lifo' } as const;
    this.httpAgent = new HttpAgent(agentOptions);
    this.httpsAgent = new HttpsAgent(agentOptions);
  }

  /** Aborts when the shared state is closed; sign-ins run under it, since no single run owns them. */
  get signal(): AbortSignal {
    return this.closing.signal;
  }

  tokenSlot(upstream: string): TokenSlot {
    return getOrCreate(this.slots, upstream, () => new TokenSlot());
  }

  breaker(upstream: string, options: BreakerOptions): CircuitBreaker {
    return getOrCreate(this.breakers, upstream, () => new CircuitBreaker(options, this.monotonicMs));
  }

  bucket(upstream: string, limit: RateLimit): TokenBucket {
    return getOrCreate(this.buckets, upstream, () => new TokenBucket(limit, this.monotonicMs, this.sleep));
  }

  /** Ends sign-ins that are under way and closes all connections. */
  close(): void {
    this.closing.abort();
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }
}

export function createSharedState(options?: SharedStateOptions): SharedState {
  return new SharedState(options);
}

function getOrCreate<T>(map: Map<string, T>, key: string, create: () => T): T {
  const known = map.get(key);
  if (known) return known;
  const created = create();
  map.set(key, created);
  return created;
}
