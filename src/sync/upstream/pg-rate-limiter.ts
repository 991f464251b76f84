import { sql } from 'kysely';
import { ConnectorError } from '../../../connectors/kit/connector-error.ts';
import { CoordinationError, type RateLimiter } from '../../../connectors/kit/coordination.ts';
import { dayIsSpent, noTurnWithin, type RateLimit } from '../../../connectors/kit/http/token-bucket.ts';
import { orCancelled, type Sleep } from '../../../connectors/kit/sleep.ts';
import type { AskDatabase } from './ask-database.ts';
import { maxLease, type Pacing, paceOf, USABLE_MS } from './pacing.ts';

/** Turns that come too late to be used, in a row, before the database counts as too slow to keep the pace by. */
const MAX_LATE = 4;

export interface RateLimiterParts {
  readonly ask: AskDatabase;
  readonly monotonicMs: () => number;
  readonly sleep: Sleep;
}

/** Turns that were taken, by the monotonic clock of this process: good from a moment on, for a while. */
interface Turn {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Given back where it is not used: where the next turn begins once this one is taken. */
  readonly arrival: number;
}

/**
 * The rate limit of one upstream for all workers of an installation: the generic cell rate algorithm in one row, moved
 * on by one atomic statement by the clock of the database. Within a process turns are taken one after the other.
 */
export class PgRateLimiter implements RateLimiter {
  private readonly pace: Pacing;
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;
  private leased: Turn[] = [];
  private leaseSize = 1;
  private leasedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly upstream: string,
    private readonly limit: RateLimit,
    private readonly parts: RateLimiterParts,
  ) {
    this.pace = paceOf(limit);
  }

  async take(signal: AbortSignal, withinMs: number): Promise<void> {
    if (signal.aborted) throw ConnectorError.cancelled();
    const endMs = this.parts.monotonicMs() + withinMs;
    if (this.waiting * this.pace.intervalMs > withinMs) throw noTurnWithin(this.limit, withinMs);
    const before = this.last;
    const mine = Promise.withResolvers<void>();
    this.last = mine.promise;
    this.waiting += 1;
    try {
      await orCancelled(before, signal);
      await this.takeNext(signal, endMs);
    } finally {
      this.waiting -= 1;
      void before.then(mine.resolve);
    }
  }

  private async takeNext(signal: AbortSignal, endMs: number): Promise<void> {
    for (let late = 0; late < MAX_LATE; late += 1) {
      const turn = this.nextLeased() ?? (await this.takeFromAll(signal, endMs));
      await this.waitFor(turn, signal);
      if (this.parts.monotonicMs() <= turn.untilMs) return;
    }
    throw new CoordinationError(new Error('turns came too late to be used'));
  }

  private nextLeased(): Turn | undefined {
    const nowMs = this.parts.monotonicMs();
    this.leased = this.leased.filter(({ untilMs }) => nowMs <= untilMs);
    return this.leased.shift();
  }

  /** Whoever is back for more while turns taken at that moment would still be good may take twice as many ahead. */
  private leaseSizeAt(nowMs: number): number {
    const isQuick = nowMs - this.leasedAtMs <= USABLE_MS / 2;
    this.leasedAtMs = nowMs;
    this.leaseSize = isQuick ? Math.min(this.leaseSize * 2, maxLease(this.pace)) : 1;
    return this.limit.requestsPerDay === undefined ? this.leaseSize : 1;
  }

  private async waitFor(turn: Turn, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const waitMs = turn.fromMs - this.parts.monotonicMs();
        if (waitMs <= 0) return;
        await this.parts.sleep(Math.ceil(waitMs), signal);
      }
    } catch (error) {
      this.giveBack(turn);
      throw error;
    }
  }

  /** Takes turns that no other worker gets; throws where the first comes after `endMs`. */
  private async takeFromAll(signal: AbortSignal, endMs: number): Promise<Turn> {
    const { monotonicMs, ask } = this.parts;
    const askedAtMs = monotonicMs();
    const count = this.leaseSizeAt(askedAtMs);
    const leftMs = endMs - askedAtMs;
    const taken = await ask((db) => this.takeStatement(count, leftMs).execute(db as never), signal);
    const row = taken.rows[0];
    if (!row) throw noTurnWithin(this.limit, Math.max(0, leftMs));
    if (!row.isWithinDay) throw dayIsSpent(this.limit.requestsPerDay as number);
    const turns = this.toTurns(row, count, askedAtMs, monotonicMs());
    this.leased = turns.slice(1);
    return turns[0] as Turn;
  }

  private takeStatement(count: number, withinMs: number) {
    const { upstream, pace, limit } = this;
    const interval = pace.intervalMs / 1000;
    const slack = (pace.burst - 1) * interval;
    const now = sql`extract(epoch from clock_timestamp())::float8`;
    // A row that is new says nothing of what was asked before (a crash empties the table), so it begins without a burst.
    return sql<{ arrival: number; now: number; isWithinDay: boolean }>`
      with turn as (
        insert into upstream_turn as known (upstream, arrival)
        values (${upstream}, ${now} + ${slack + count * interval}::float8)
        on conflict (upstream) do update set arrival = greatest(known.arrival, ${now}) + ${count * interval}::float8
          where greatest(known.arrival, ${now}) - ${now} <= ${slack + withinMs / 1000}::float8
        returning arrival, ${now} as now
      ), spent as (
        insert into upstream_day as known (upstream, day, taken)
        select ${upstream}, (clock_timestamp() at time zone 'Asia/Ho_Chi_Minh')::date, ${count}::int from turn
          where ${limit.requestsPerDay !== undefined}
        on conflict (upstream) do update set day = excluded.day,
          taken = case when known.day = excluded.day then known.taken else 0 end + excluded.taken
          where known.day <> excluded.day or known.taken + excluded.taken <= ${limit.requestsPerDay ?? 0}::int
        returning 1
      )
      select arrival, now, ${limit.requestsPerDay === undefined} or exists (select from spent) as "isWithinDay"
      from turn`;
  }

  /** The moments by our clock: never too early, since they count from when the answer was here. */
  private toTurns(row: { arrival: number; now: number }, count: number, askedAtMs: number, hereAtMs: number): Turn[] {
    const { intervalMs, burst } = this.pace;
    return Array.from({ length: count }, (_, nth) => {
      const arrival = row.arrival - ((count - 1 - nth) * intervalMs) / 1000;
      const waitMs = Math.max(0, (arrival - row.now) * 1000 - burst * intervalMs);
      return { fromMs: hereAtMs + waitMs, untilMs: askedAtMs + waitMs + USABLE_MS, arrival };
    });
  }

  /** Only where nobody took one after it: another's turn is not moved by ours. */
  private giveBack(turn: Turn): void {
    const last = this.leased.at(-1) ?? turn;
    const count = 1 + this.leased.length;
    this.leased = [];
    const given = this.parts.ask(async (db) => {
      await sql`update upstream_turn set arrival = arrival - ${(count * this.pace.intervalMs) / 1000}::float8
        where upstream = ${this.upstream} and abs(arrival - ${last.arrival}::float8) < 1e-6`.execute(db);
      if (this.limit.requestsPerDay === undefined) return;
      await sql`update upstream_day set taken = taken - 1 where upstream = ${this.upstream} and taken > 0`.execute(db);
    }, NEVER);
    given.catch(() => undefined);
  }
}

const NEVER = new AbortController().signal;
