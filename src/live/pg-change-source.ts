import { sql } from 'kysely';
import type { ChangeCause } from '../../schema/kinds/change-cause.ts';
import { CHANGE_CHANNEL } from '../database/channels.ts';
import type { Database } from '../database/open-database.ts';
import type { Logger } from '../lib/logger.ts';
import { wait } from '../lib/wait.ts';
import type { ChangeSource, LoggedChange, LogHead } from './change-source.ts';

const LISTEN_RETRY_MS = 2_000;

interface ChangeRow {
  seq: number;
  tx: number;
  last: boolean;
  at: Date;
  kind: string;
  entity_id: string;
  operation: LoggedChange['operation'];
  before: LoggedChange['before'];
  after: LoggedChange['after'];
  attributes: string[];
  cause: ChangeCause;
  sources: string[];
  run_id: number | null;
  province_code: string | null;
  system_code: string | null;
}

/**
 * The change log in PostgreSQL. NOTIFY wakes; a connection that was lost and came back wakes too, since what was
 * notified meanwhile did not arrive. Rejects with the database's own errors.
 */
export class PgChangeSource implements ChangeSource {
  readonly #database: Pick<Database, 'fork' | 'listen'>;
  readonly #logger: Logger;

  constructor(database: Pick<Database, 'fork' | 'listen'>, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  async head(): Promise<LogHead> {
    // With everything pruned the newest seq is the one before the oldest kept.
    const { rows } = await sql<{ epoch: string; oldest_seq: number; last_seq: number }>`
      select epoch, oldest_seq, greatest(coalesce((select max(seq) from change), 0), oldest_seq - 1) as last_seq
      from change_log`.execute(this.#database.fork().getKysely());
    const row = rows[0];
    if (!row) throw new Error('change_log is empty: the database has not been migrated');
    return { epoch: row.epoch, oldestSeq: Number(row.oldest_seq), lastSeq: Number(row.last_seq) };
  }

  async read(after: number, limit: number): Promise<LoggedChange[]> {
    const { rows } = await sql<ChangeRow>`
      select seq, tx, last, at, kind, entity_id, operation, before, after, attributes, cause, sources, run_id,
        province_code, system_code
      from change where seq > ${after} order by seq limit ${limit}`.execute(this.#database.fork().getKysely());
    return rows.map(toChange);
  }

  onWake(callback: () => void): () => void {
    const stopping = new AbortController();
    void this.#listen(callback, stopping.signal);
    return () => stopping.abort();
  }

  /** Once it listens, the database mends the connection by itself; until then it is tried again here. */
  async #listen(callback: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#database.listen([CHANGE_CHANNEL], callback, { onReconnect: callback, signal });
        callback();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#logger.warn({ err: error }, 'cannot listen for changes yet; the poll goes on');
        await wait(LISTEN_RETRY_MS, signal).catch(() => undefined);
      }
    }
  }
}

function toChange(row: ChangeRow): LoggedChange {
  return {
    seq: Number(row.seq),
    tx: Number(row.tx),
    last: row.last,
    at: row.at,
    kind: row.kind,
    entityId: row.entity_id,
    operation: row.operation,
    before: row.before,
    after: row.after,
    attributes: row.attributes,
    cause: row.cause,
    sources: row.sources,
    runId: row.run_id === null ? null : Number(row.run_id),
    province: row.province_code,
    system: row.system_code,
  };
}
