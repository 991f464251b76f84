import { sql } from 'kysely';
import { RUN_CHANNEL } from '../../database/channels.ts';
import type { Database } from '../../database/open-database.ts';
import { createReader, type Reader } from '../../database/operations/read/reader.ts';

/**
 * The numbers of runs as they begin, go on and end; of one source or, with null, of all. Ends with the signal or with
 * `return`. Who lags behind gets each run once, in its newest state, since only numbers wait.
 */
export type FollowRuns = (source: string | null, signal?: AbortSignal) => AsyncIterableIterator<number>;

export interface RunFollower {
  readonly follow: FollowRuns;
  stop(): Promise<void>;
}

/** What one follower has yet to look at. */
interface Inbox {
  readonly runs: Set<number>;
  wake: () => void;
}

/** Follows all runs over one listening connection of the process, opened when the first follower comes. */
export function createRunFollower(database: Pick<Database, 'fork' | 'listen'>): RunFollower {
  const inboxes = new Set<Inbox>();
  const stopped = new AbortController();
  let listening: ReturnType<Database['listen']> | undefined;

  const tell = (runs: readonly number[]): void => {
    for (const inbox of inboxes) {
      for (const run of runs) inbox.runs.add(run);
      inbox.wake();
    }
  };
  const reader = (signal: AbortSignal): Reader => createReader(database.fork().getKysely() as never, { signal });
  const catchUp = (): void => void recentRuns(reader(stopped.signal)).then(tell, () => undefined);
  const listen = (): ReturnType<Database['listen']> => {
    const onNotification = (_channel: string, payload: string): void =>
      tell([Number(payload)].filter(Number.isSafeInteger));
    listening ??= database.listen([RUN_CHANNEL], onNotification, { onReconnect: catchUp, signal: stopped.signal });
    listening.catch(() => {
      listening = undefined;
    });
    return listening;
  };

  async function* read(source: string | null, inbox: Inbox, ended: AbortSignal): AsyncGenerator<number, void, void> {
    try {
      await listen();
      while (!ended.aborted) {
        const runs = [...inbox.runs];
        inbox.runs.clear();
        yield* await runsOf(reader(ended), source, runs);
        if (inbox.runs.size === 0 && !ended.aborted) {
          await new Promise<void>((resolve) => {
            inbox.wake = resolve;
          });
        }
      }
    } catch (error) {
      if (!ended.aborted) throw error;
    } finally {
      inboxes.delete(inbox);
    }
  }

  return {
    follow(source, signal) {
      const inbox: Inbox = { runs: new Set(), wake: () => undefined };
      const closing = new AbortController();
      const ended = AbortSignal.any([closing.signal, stopped.signal, ...(signal ? [signal] : [])]);
      ended.addEventListener('abort', () => inbox.wake(), { once: true });
      inboxes.add(inbox);
      const runs = read(source, inbox, ended);
      // `return` of a generator waits for what it awaits, which may be the next run of next week; so it is woken first.
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        next: () => runs.next(),
        return: () => {
          closing.abort();
          inboxes.delete(inbox);
          return runs.return();
        },
      };
    },
    async stop() {
      stopped.abort();
      await (await listening?.catch(() => undefined))?.close();
    },
  };
}

async function runsOf(reader: Reader, source: string | null, runs: readonly number[]): Promise<number[]> {
  if (runs.length === 0) return [];
  const rows = await reader.rows<{ id: number }>(sql`
    select id from sync_run
    where id = any(${[...runs]}::bigint[]) and (${source}::text is null or source_id = ${source}::text) order by id`);
  return rows.map(({ id }) => id);
}

/** What may have been told while the connection was lost. */
async function recentRuns(reader: Reader): Promise<number[]> {
  const rows = await reader.rows<{ id: number }>(sql`
    select id from sync_run where coalesce(finished_at, heartbeat_at) > now() - interval '2 minutes' order by id`);
  return rows.map(({ id }) => id);
}
