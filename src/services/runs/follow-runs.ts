import { sql } from 'kysely';
import { RUN_CHANNEL } from '../../database/channels.ts';
import type { Database } from '../../database/open-database.ts';
import { createReader, type Reader } from '../../database/operations/read/reader.ts';
import { createKeyFollower } from '../follow-keys.ts';

/**
 * The numbers of runs as they begin, go on and end; of one source or, with null, of all. Ends with the signal or with
 * `return`. Who lags behind gets each run once, in its newest state, since only numbers wait.
 */
export type FollowRuns = (source: string | null, signal?: AbortSignal) => AsyncIterableIterator<number>;

export interface RunFollower {
  readonly follow: FollowRuns;
  stop(): Promise<void>;
}

/** Follows all runs over one listening connection of the process, opened when the first follower comes. */
export function createRunFollower(database: Pick<Database, 'fork' | 'listen'>): RunFollower {
  const reader = (signal?: AbortSignal): Reader =>
    createReader(database.fork().getKysely() as never, signal ? { signal } : {});
  const follower = createKeyFollower<number>(database, {
    channels: [RUN_CHANNEL],
    onNotification: (_channel, payload, tell) => tell([Number(payload)].filter(Number.isSafeInteger)),
    onListening: (tell, isFirst) => {
      if (!isFirst) recentRuns(reader()).then(tell, () => undefined);
    },
  });
  return {
    follow: (source, signal) =>
      follower.follow({ choose: (runs, ended) => runsOf(reader(ended), source, runs), signal }),
    stop: () => follower.stop(),
  };
}

async function runsOf(reader: Reader, source: string | null, runs: readonly number[]): Promise<number[]> {
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
