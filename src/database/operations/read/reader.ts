import type { Kysely, RawBuilder } from 'kysely';

/** Runs reading statements, each by itself unless it was made for a transaction. */
export interface Reader {
  /** The rows of a statement. Rejects with one of the hub's errors; with the reason of the signal once that is aborted. */
  rows<Row>(query: RawBuilder<Row>): Promise<Row[]>;
}

/**
 * Reads through `db`. What is asked after the signal has been aborted is not sent, and what is under way is no longer
 * waited for, so that whoever reads ends when its time is up; the server ends the statement by its own timeout.
 */
export function createReader(
  db: Kysely<never>,
  options: { signal?: AbortSignal | undefined; translateError: (error: unknown) => unknown },
): Reader {
  const { signal, translateError } = options;
  return {
    async rows<Row>(query: RawBuilder<Row>): Promise<Row[]> {
      signal?.throwIfAborted();
      const running = query.execute(db).then(
        (result) => result.rows,
        (error: unknown) => {
          throw translateError(error);
        },
      );
      return signal ? await endedBy(signal, running) : await running;
    },
  };
}

/** The value, or the reason of the signal if that is aborted first. Leaves no listener behind. */
function endedBy<Value>(signal: AbortSignal, running: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
