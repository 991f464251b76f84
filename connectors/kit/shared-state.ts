import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { TokenSlot } from './auth/token-slot.ts';
import type { Breaker, Coordination, RateLimiter } from './coordination.ts';
import { type BreakerOptions, CircuitBreaker } from './http/circuit-breaker.ts';
import { type RateLimit, TokenBucket } from './http/token-bucket.ts';
import { realSleep, type Sleep } from './sleep.ts';

export interface SharedStateOptions {
  /** Default: a timer that ends with the signal. */
  readonly sleep?: Sleep;
  /** Milliseconds that only move forward; default `performance.now`. */
  readonly monotonicMs?: () => number;
  /** What all workers share; default: this process has sessions, breakers and rate limits for itself. */
  readonly coordination?: Coordination;
}

/** What a client shows of itself in mutual TLS; PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  /** Who vouches for the upstream, where it is not publicly known. */
  readonly ca?: string;
}

/**
 * No most of sockets: rate limits say what an upstream is asked, and a request that waited for a socket would wait within
 * its own deadline.
 */
const AGENT_OPTIONS: AgentOptions = { keepAlive: true, scheduling: 'lifo' };

/**
 * What runs share, by upstream: sessions (so that a dead one is renewed once, not by every run), breakers and rate
 * limits, with the runs of all workers where there is a coordination; and the keep-alive connections of the process. One
 * per process; `close` ends it.
 */
export class SharedState {
  readonly sleep: Sleep;
  readonly monotonicMs: () => number;
  readonly httpAgent: HttpAgent;
  private readonly httpsAgents = new Map<string, HttpsAgent>();
  private readonly closing = new AbortController();
  private readonly slots = new Map<string, TokenSlot>();
  private readonly breakers = new Map<string, Breaker>();
  private readonly limiters = new Map<string, RateLimiter>();
  private readonly coordination: Coordination | undefined;

  constructor(options: SharedStateOptions = {}) {
    this.sleep = options.sleep ?? realSleep;
    this.monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.coordination = options.coordination;
    this.httpAgent = new HttpAgent(AGENT_OPTIONS);
  }

  /** Aborts when the shared state is closed; sign-ins run under it, since no single run owns them. */
  get signal(): AbortSignal {
    return this.closing.signal;
  }

  /** `credentials`: of the source; what workers share of a session is sealed with them. */
  tokenSlot(upstream: string, credentials: Readonly<Record<string, string>>): TokenSlot {
    return getOrCreate(
      this.slots,
      upstream,
      () => new TokenSlot(this.coordination?.tokenVault(upstream, credentials), this.signal),
    );
  }

  breaker(upstream: string, options: BreakerOptions): Breaker {
    return getOrCreate(
      this.breakers,
      upstream,
      () => this.coordination?.breaker(upstream, options) ?? new CircuitBreaker(options, this.monotonicMs),
    );
  }

  rateLimiter(upstream: string, limit: RateLimit): RateLimiter {
    return getOrCreate(
      this.limiters,
      upstream,
      () => this.coordination?.rateLimiter(upstream, limit) ?? new TokenBucket(limit, this.monotonicMs, this.sleep),
    );
  }

  /** Connections of one certificate are used by nobody who shows another, or none. */
  httpsAgentWith(certificate?: ClientCertificate): HttpsAgent {
    const { cert = '', key = '', ca } = certificate ?? {};
    const options = { ...AGENT_OPTIONS, ...(certificate && { cert, key }), ...(ca !== undefined && { ca }) };
    return getOrCreate(this.httpsAgents, JSON.stringify([cert, key, ca]), () => new HttpsAgent(options));
  }

  /** Ends sign-ins that are under way and closes all connections. */
  close(): void {
    this.closing.abort();
    this.httpAgent.destroy();
    for (const agent of this.httpsAgents.values()) agent.destroy();
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
