import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore, type Store } from '../composition/open-store.ts';
import { type Config, loadConfig } from '../config/index.ts';
import { readEmbeddedUrl } from '../database/embedded/connection-file.ts';
import { isMigrated } from '../database/migrate.ts';
import { type Database, openDatabase } from '../database/open-database.ts';
import { HubError } from '../errors/index.ts';
import { silentLogger } from '../lib/logger.ts';
import { showProgress, type Terminal } from './terminal.ts';

/** There is no database to work on. */
class NoDatabaseError extends HubError {
  override readonly code = 'UNAVAILABLE';

  constructor(dataDir: string) {
    super(`There is no data in ${dataDir} yet. Start the hub once (npm start), or set DATABASE_URL or DATA_DIR.`);
  }
}

/** The database is there, and this version would not find its way in it. */
class NotMigratedError extends HubError {
  override readonly code = 'CONFIGURATION';

  constructor() {
    super('The database has not been brought to this version: run `lienthong migrate`, or start the hub once.');
  }
}

/**
 * Runs `work` with the database of the hub: the one of DATABASE_URL, that of the hub that runs on DATA_DIR, or, where
 * none runs, the built-in one started for the moment.
 */
export async function withDatabase<Result>(
  terminal: Terminal,
  work: (database: Database, config: Config) => Promise<Result>,
  options: { mayCreate?: boolean } = {},
): Promise<Result> {
  const config = loadConfig(terminal.env);
  const running = await findRunning(config);
  if (running) {
    try {
      if (!options.mayCreate && !(await isMigrated(running))) throw new NotMigratedError();
      return await work(running, config);
    } finally {
      await running.close();
    }
  }
  if (!options.mayCreate && config.databaseUrl === undefined && !(await hasData(config.dataDir))) {
    throw new NoDatabaseError(config.dataDir);
  }
  const store = await openForTheMoment(terminal, config);
  try {
    return await work(store.database, config);
  } finally {
    await store.stop();
  }
}

/**
 * Runs `work` with the database of the hub where one answers that this version knows, and else without: for what needs
 * none, and must keep to what those who have it share.
 */
export async function withDatabaseIfAny<Result>(
  terminal: Terminal,
  work: (database: Database | undefined) => Promise<Result>,
): Promise<Result> {
  const running = await findRunning(loadConfig(terminal.env)).catch(() => undefined);
  try {
    return await work(running && (await isMigrated(running)) ? running : undefined);
  } finally {
    await running?.close();
  }
}

/** The database of a hub that runs; undefined where none answers. */
async function findRunning(config: Config): Promise<Database | undefined> {
  const url = config.databaseUrl ?? (await readEmbeddedUrl(config.dataDir));
  if (url === undefined) return undefined;
  const database = await openDatabase({ url, applicationName: 'lienthong command', poolMax: 4 });
  try {
    await database.ping();
    return database;
  } catch (error) {
    await database.close();
    if (config.databaseUrl !== undefined) throw error;
    return undefined;
  }
}

async function openForTheMoment(terminal: Terminal, config: Config): Promise<Store> {
  const progress = showProgress(terminal, 'no hub is running here; starting its database for the moment');
  try {
    return await openStore({ config, logger: silentLogger, signal: terminal.signal, onProgress: progress.say });
  } finally {
    progress.done();
  }
}

async function hasData(dataDir: string): Promise<boolean> {
  return stat(join(dataDir, 'postgres.json')).then(
    () => true,
    () => false,
  );
}
