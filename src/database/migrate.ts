import type pg from 'pg';
import { ConfigurationError } from '../errors/operation-errors.ts';
import { wait } from '../lib/wait.ts';
import { MIGRATION_TABLE, migrationsList } from './migrations-list.ts';
import type { Database } from './open-database.ts';
import { SteadyClient } from './steady-client.ts';
import { translateDatabaseError } from './translate-error.ts';

export interface MigrateOptions {
  /** Told, in words for a person, what is being done. */
  readonly onProgress?: (step: string) => void;
  readonly signal?: AbortSignal;
  /** 0 to below 1, for the epoch of a new change log. */
  readonly random?: () => number;
  readonly now?: () => Date;
}

/** The advisory lock that all hubs on one database share; the number is arbitrary, "liên" in ASCII. */
const MIGRATION_LOCK = 0x6c69656e;
const LOCK_TRY_EVERY_MS = 50;

/** The database was migrated by a newer hub than this one. */
export class DatabaseTooNewError extends ConfigurationError {
  constructor(unknown: readonly string[]) {
    super(
      `The database was made by a newer version of Liên Thông (it has ${unknown.join(', ')}, which this version does not ` +
        'know). Start that version, or give this one another database (DATA_DIR or DATABASE_URL).',
    );
  }
}

/**
 * Brings the database up to this version. Any number of processes may start at once: one migrates, the others wait and
 * find nothing to do. All steps that are missing run in one transaction, so a failure or kill leaves the database as it
 * was. Resolves with the names of the steps that ran; throws {@link DatabaseTooNewError} and changes nothing when the
 * database knows more steps than the code.
 */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<string[]> {
  const { onProgress, signal } = options;
  try {
    return await withLock(database.url, signal, async () => {
      const executed = (await database.orm.migrator.getExecuted()).map(({ name }) => name);
      const unknown = executed.filter((name) => !migrationsList.some((step) => step.name === name));
      if (unknown.length > 0) throw new DatabaseTooNewError(unknown);
      const missing = migrationsList.filter(({ name }) => !executed.includes(name));
      if (missing.length > 0) onProgress?.(`migrating the database (${missing.length} steps)`);
      if (missing.length > 0) await database.orm.migrator.up();
      await beginChangeLog(database, options);
      return missing.map(({ name }) => name);
    });
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/** Whether a database has every step of this version; changes nothing. */
export async function isMigrated(database: Pick<Database, 'fork'>): Promise<boolean> {
  try {
    const em = database.fork();
    const [table] = await em.execute<{ is_there: boolean }[]>('select to_regclass(?) is not null as is_there', [
      MIGRATION_TABLE,
    ]);
    if (!table?.is_there) return false;
    const rows = await em.execute<{ name: string }[]>(`select name from ${MIGRATION_TABLE}`);
    const executed = new Set(rows.map(({ name }) => name));
    return migrationsList.every(({ name }) => executed.has(name));
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/**
 * The epoch tells this change log from any other, so that a cursor of a database that was thrown away is not taken for
 * one of the new: the time of creation in seconds and four random characters, in base 36.
 */
async function beginChangeLog(database: Database, options: MigrateOptions): Promise<void> {
  const { random = Math.random, now = () => new Date() } = options;
  const tail = Math.floor(random() * 36 ** 4);
  const epoch = Math.floor(now().getTime() / 1000).toString(36) + tail.toString(36).padStart(4, '0');
  await database.fork().execute('insert into change_log (epoch) values (?) on conflict do nothing', [epoch]);
}

/** Runs `work` while no other process does, over a connection of its own that holds the lock. */
async function withLock<T>(url: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const client = new SteadyClient({ connectionString: url, application_name: 'lienthong migrate' });
  await client.connect();
  try {
    // Asked again and again rather than waited for in the server, so that the wait can be cancelled.
    while (!(await tryLock(client))) await wait(LOCK_TRY_EVERY_MS, signal);
    return await work();
  } finally {
    await client.end();
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('select pg_try_advisory_lock($1) as locked', [MIGRATION_LOCK]);
  return rows[0].locked as boolean;
}
