import { sql } from 'kysely';
import { CHANGE_CHANNEL, RUN_CHANNEL, SOURCE_CHANNEL } from '../../database/channels.ts';
import type { Database } from '../../database/open-database.ts';
import { createReader, type Reader } from '../../database/operations/read/reader.ts';
import { RepeatedTask } from '../../live/repeated-task.ts';
import { createKeyFollower } from '../follow-keys.ts';

/**
 * The codes of sources whose state changed: a run began, went on or ended, somebody acted on them, something was noticed,
 * a conflict with them opened or closed, what they said grew stale, or their health changed by the mere passing of time.
 * `first` is given at once. Who lags behind gets each source once, since only codes wait.
 */
export type FollowSources = (options: {
  readonly first?: readonly string[];
  /** Whether the follower is to have that source. */
  readonly isWanted: (code: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}) => AsyncIterableIterator<string>;

export interface SourceFollower {
  readonly follow: FollowSources;
  stop(): Promise<void>;
}

export interface SourceFollowerOptions {
  readonly database: Pick<Database, 'fork' | 'listen'>;
  /** The health of every source, by code; asked every `healthEveryMs` while anybody follows. */
  readonly readHealth: () => Promise<ReadonlyMap<string, string>>;
  /** Milliseconds; how late it may be seen that a run is overdue. Default 10,000. */
  readonly healthEveryMs?: number;
}

/** What was told and not looked up yet. */
interface Told {
  readonly runs: Set<number>;
  readonly sources: Set<string>;
  /** Where the change log has got to. */
  seq: number;
}

const HEALTH_EVERY_MS = 10_000;

/**
 * Follows all sources over one listening connection of the process, opened when the first follower comes. What is told is
 * looked up once for all followers, and not at all while there are none.
 */
export function createSourceFollower(options: SourceFollowerOptions): SourceFollower {
  const { database, readHealth } = options;
  const told: Told = { runs: new Set(), sources: new Set(), seq: 0 };
  /** Up to where the change log has been looked at. */
  let seenSeq = 0;
  let health: ReadonlyMap<string, string> = new Map();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const reader = createReader(database.fork().getKysely() as never);

  const lookUp = new RepeatedTask(async () => {
    const runs = [...told.runs];
    const sources = [...told.sources];
    const until = told.seq;
    told.runs.clear();
    told.sources.clear();
    if (!keys.isFollowed) return;
    const range = { after: seenSeq, until: Math.max(seenSeq, until) };
    if (runs.length + sources.length === 0 && range.until === range.after) return;
    try {
      keys.tell(await changedSources(reader, { runs, sources, ...range }));
    } catch (error) {
      for (const run of runs) told.runs.add(run);
      for (const source of sources) told.sources.add(source);
      throw error;
    }
    seenSeq = range.until;
  });
  const watchHealth = new RepeatedTask(async () => {
    if (!keys.isFollowed) return;
    const now = await readHealth();
    const before = health;
    health = now;
    if (before.size > 0) keys.tell([...now.keys()].filter((code) => now.get(code) !== before.get(code)));
  });
  // What could not be looked up, since the database was away for a moment, is looked up with the next news or look.
  const quietly = (task: RepeatedTask): void => void task.run().catch(() => undefined);

  const keys = createKeyFollower<string>(database, {
    channels: [RUN_CHANNEL, SOURCE_CHANNEL, CHANGE_CHANNEL],
    // Read later, it could hold a change already whose notification is yet to come.
    beforeListening: async () => {
      told.seq = await newestSeq(reader);
      seenSeq = told.seq;
    },
    onNotification: (channel, payload) => {
      if (channel === RUN_CHANNEL) told.runs.add(Number(payload));
      else if (channel === SOURCE_CHANNEL) told.sources.add(payload);
      else told.seq = Number(payload);
      if (!keys.isFollowed) {
        told.runs.clear();
        told.sources.clear();
        seenSeq = told.seq;
        return;
      }
      quietly(lookUp);
    },
    onListening: (tell, isFirst) => {
      if (isStopped) return;
      const look = (): void => {
        quietly(watchHealth);
        quietly(lookUp);
      };
      timer ??= setInterval(look, options.healthEveryMs ?? HEALTH_EVERY_MS).unref();
      quietly(watchHealth);
      // What happened while the connection was lost is not known, so everybody looks at all.
      if (!isFirst) allSources(reader).then(tell, () => undefined);
    },
  });
  return {
    follow: ({ first = [], isWanted, signal }) =>
      keys.follow({ first, choose: (codes) => codes.filter(isWanted), signal }),
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await keys.stop();
    },
  };
}

/** The sources that the news is about, and the voices that they deliver. */
async function changedSources(
  reader: Reader,
  news: { runs: readonly number[]; sources: readonly string[]; after: number; until: number },
): Promise<string[]> {
  const rows = await reader.rows<{ id: string }>(sql`
    with named as (
      select unnest(${[...news.sources]}::text[]) as id
      union select source_id from sync_run where id = any(${[...news.runs]}::bigint[])
      union select unnest(c.sources) from change c
        where c.seq > ${news.after}::bigint and c.seq <= ${news.until}::bigint
          and (c.kind = 'conflict' or c.cause in ('STALE', 'ABSENT'))
    )
    select s.id from source s
    where s.id in (select id from named) or s.parent_id in (select id from named) order by s.id collate "C"`);
  return rows.map(({ id }) => id);
}

async function newestSeq(reader: Reader): Promise<number> {
  const [row] = await reader.rows<{ seq: number }>(sql`select coalesce(max(seq), 0)::float8 as seq from change`);
  return row?.seq ?? 0;
}

async function allSources(reader: Reader): Promise<string[]> {
  const rows = await reader.rows<{ id: string }>(sql`select id from source order by id collate "C"`);
  return rows.map(({ id }) => id);
}
