import { sql } from 'kysely';
import type { Admission, Breaker } from '../../../connectors/kit/coordination.ts';
import { BreakerOpenError, type BreakerOptions } from '../../../connectors/kit/http/circuit-breaker.ts';
import type { AskDatabase } from './ask-database.ts';

export interface BreakerParts {
  readonly ask: AskDatabase;
  readonly monotonicMs: () => number;
}

/** How old what we know of a closed breaker may be; so late a worker may notice that another opened it. */
const KNOWN_FOR_MS = 500;
/** A probe whose worker is silent for longer frees its place; more than the longest request. */
const PROBE_MS = 120_000;

const NEVER = new AbortController().signal;

interface Known {
  readonly failures: number;
  readonly state: 'closed' | 'open' | 'half-open' | 'probe';
}

/**
 * The breaker of one upstream for all workers: failures in a row are counted together, it opens for all, and one probe
 * passes among all. While it is closed it costs a statement every half second, and one for each failure.
 */
export class PgBreaker implements Breaker {
  private failures = 0;
  private knownAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly upstream: string,
    private readonly options: BreakerOptions,
    private readonly parts: BreakerParts,
  ) {}

  async admit(signal: AbortSignal): Promise<Admission> {
    const nowMs = this.parts.monotonicMs();
    if (nowMs - this.knownAtMs <= KNOWN_FOR_MS) return this.admission(false);
    const { failures, state } = await this.look(signal);
    this.failures = failures;
    if (state === 'closed') this.knownAtMs = nowMs;
    if (state === 'open' || state === 'half-open') throw new BreakerOpenError(state);
    return this.admission(state === 'probe');
  }

  /** Takes the probe where there is one to take. */
  private async look(signal: AbortSignal): Promise<Known> {
    const openMs = this.options.openMs;
    const found = await this.parts.ask(
      (db) =>
        sql<Known>`
        with probe as (
          update upstream_breaker set probe_until = clock_timestamp() + ${PROBE_MS} * interval '1 millisecond'
          where upstream = ${this.upstream} and opened_at <= clock_timestamp() - ${openMs} * interval '1 millisecond'
            and coalesce(probe_until <= clock_timestamp(), true)
          returning upstream
        )
        select failures, case when opened_at is null then 'closed' when exists (select from probe) then 'probe'
          when opened_at <= clock_timestamp() - ${openMs} * interval '1 millisecond' then 'half-open'
          else 'open' end as state
        from upstream_breaker where upstream = ${this.upstream}`.execute(db),
      signal,
    );
    return found.rows[0] ?? { failures: 0, state: 'closed' };
  }

  private admission(isProbe: boolean): Admission {
    return {
      succeeded: () => (isProbe || this.failures > 0 ? this.note(() => this.close()) : Promise.resolve()),
      failed: () => this.note(() => this.count(isProbe)),
      abandoned: () => (isProbe ? this.note(() => this.freeProbe()) : Promise.resolve()),
    };
  }

  /** What cannot be noted is lost: the next failure counts, and a probe frees its place by itself. */
  private async note(write: () => Promise<unknown>): Promise<void> {
    await write().catch(() => undefined);
  }

  private async close(): Promise<void> {
    this.failures = 0;
    await this.parts.ask(
      (db) =>
        sql`update upstream_breaker set failures = 0, opened_at = null, probe_until = null
        where upstream = ${this.upstream}`.execute(db),
      NEVER,
    );
  }

  private async count(isProbe: boolean): Promise<void> {
    this.failures += 1;
    const { failureThreshold } = this.options;
    const isEnough = isProbe || failureThreshold <= 1;
    const counted = await this.parts.ask(
      (db) =>
        sql<{ failures: number; isOpen: boolean }>`
        insert into upstream_breaker as known (upstream, failures, opened_at)
        values (${this.upstream}, 1, case when ${isEnough} then clock_timestamp() end)
        on conflict (upstream) do update set failures = known.failures + 1,
          opened_at = case when ${isEnough} or known.failures + 1 >= ${failureThreshold} then clock_timestamp() end,
          probe_until = case when ${isProbe} then null else known.probe_until end
        returning failures, opened_at is not null as "isOpen"`.execute(db),
      NEVER,
    );
    this.failures = counted.rows[0]?.failures ?? this.failures;
    if (counted.rows[0]?.isOpen) this.knownAtMs = Number.NEGATIVE_INFINITY;
  }

  private async freeProbe(): Promise<void> {
    await this.parts.ask(
      (db) => sql`update upstream_breaker set probe_until = null where upstream = ${this.upstream}`.execute(db),
      NEVER,
    );
  }
}
