import type { Kysely, RawBuilder } from 'kysely';
import { CancelledError, HubError, TimeoutError } from '../../../errors/index.ts';
import { translateDatabaseError } from '../../translate-error.ts';

/** Runs reading statements, each by itself unless it was made for a transaction. */
export interface Reader {
  /** The rows of a statement. Rejects with one of the hub's errors; with CANCELLED (or the signal's own HubError) once it is aborted. */
  rows<Row>(query: RawBuilder<Row>): Promise<Row[]>;
}

export interface ReaderOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for all that is read, counted from the first statement. Default: no limit. */
  readonly timeLimitMs?: number;
  /** Milliseconds of a clock that only moves forward. */
  readonly monotonicNow?: () => number;
}

/**
 * Reads through `db`. What is asked after the signal has been aborted or the time is up is not sent, and what is under
 * way is no longer waited for; the server ends the statement itself by its own `statement_timeout`.
 */
export function createReader(db: Kysely<never>, options: ReaderOptions = {}): Reader {
  const { signal, timeLimitMs, monotonicNow = () => performance.now() } = options;
  let endsAt: number | undefined;
  return {
    async rows<Row>(query: RawBuilder<Row>): Promise<Row[]> {
      if (signal?.aborted) throw reasonOf(signal);
      if (timeLimitMs !== undefined) endsAt ??= monotonicNow() + timeLimitMs;
      const leftMs = endsAt === undefined ? undefined : endsAt - monotonicNow();
      const timeout = () => new TimeoutError('The query', timeLimitMs);
      if (leftMs !== undefined && leftMs <= 0) throw timeout();
      return endedBy(run(db, query), { signal, leftMs, timeout });
    },
  };
}

/** Whoever asked has gone, which is no fault of the hub and nothing to log. */
function reasonOf({ reason }: AbortSignal): unknown {
  return reason instanceof HubError ? reason : new CancelledError('The query', { cause: reason });
}

async function run<Row>(db: Kysely<never>, query: RawBuilder<Row>): Promise<Row[]> {
  try {
    return (await query.execute(db)).rows;
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/** The value, or the reason of the signal or the timeout, whichever comes first. Leaves no listener or timer behind. */
function endedBy<Value>(
  running: Promise<Value>,
  by: { signal: AbortSignal | undefined; leftMs: number | undefined; timeout: () => Error },
): Promise<Value> {
  const { signal, leftMs, timeout } = by;
  if (!signal && leftMs === undefined) return running;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal && reasonOf(signal));
    const timer = leftMs === undefined ? undefined : setTimeout(() => reject(timeout()), leftMs);
    signal?.addEventListener('abort', abort, { once: true });
    running.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
  });
}
