import { loadReference } from '../../seeds/reference.ts';
import type { Config } from '../config/index.ts';
import { startEmbedded } from '../database/embedded/start-embedded.ts';
import { migrate } from '../database/migrate.ts';
import { type Database, openDatabase } from '../database/open-database.ts';
import { isTakingNobody } from '../database/translate-error.ts';
import type { Logger } from '../lib/logger.ts';
import { wait } from '../lib/wait.ts';

/** A run takes one connection for its page and at times one for its heartbeat; queries take the rest. */
const POOL_SIZE = 24;
const PATIENCE_MS = 20_000;
const AGAIN_MS = 500;
const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 5_000;

export interface Store {
  readonly database: Database;
  stop(): Promise<void>;
}

export interface StoreOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'dataDir'>;
  readonly logger: Logger;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
  readonly applicationName?: string;
}

/**
 * The store, ready for use: PostgreSQL (the given one, or the built-in one under DATA_DIR, which is started again
 * whenever it dies), migrated, with its reference data.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const server = await startServer(options);
  const closing = new AbortController();
  let database: Database | undefined;
  try {
    const { signal, onProgress } = options;
    const logger = untilAborted(options.logger, closing.signal);
    database = await openDatabase({
      url: server.url,
      applicationName: options.applicationName ?? 'lienthong',
      poolMax: POOL_SIZE,
      logger,
    });
    const reached = database;
    await onceTaken(async () => {
      await migrate(reached, { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) });
      await reached.fork().transactional((em) => loadReference(em));
    }, options);
  } catch (error) {
    await database?.close();
    await server.stop();
    throw error;
  }
  const opened = database;
  return {
    database: opened,
    stop: async () => {
      closing.abort();
      await opened.close();
      await server.stop();
    },
  };
}

/**
 * Does it again while the server is there and takes nobody: those of a process that was killed a moment ago may hold the
 * last connections, or it is only starting itself. Anything else is thrown at once.
 */
async function onceTaken(work: () => Promise<void>, { signal, onProgress }: StoreOptions): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!isTakingNobody(error) || performance.now() >= end) throw error;
      onProgress?.('waiting for the database to take connections');
      await wait(AGAIN_MS, signal);
    }
  }
}

/** Connections that the stop itself cuts (the pool does not wait for their ends) are nothing to warn of. */
function untilAborted(logger: Logger, signal: AbortSignal): Logger {
  const unlessAborted =
    (level: keyof Logger) =>
    (details: object, message: string): void => {
      if (!signal.aborted) logger[level](details, message);
    };
  return {
    debug: unlessAborted('debug'),
    info: unlessAborted('info'),
    warn: unlessAborted('warn'),
    error: unlessAborted('error'),
  };
}

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

async function startServer({ config, logger, signal, onProgress }: StoreOptions): Promise<Server> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, stop: async () => {} };
  const embedded = await startEmbedded({
    dataDir: config.dataDir,
    logger,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  const stopping = new AbortController();
  const unwatch = embedded.onExit(() => void keepUp(() => embedded.restart(), logger, stopping.signal));
  return {
    url: embedded.url,
    stop: async () => {
      stopping.abort();
      unwatch();
      await embedded.stop();
    },
  };
}

/** Starts the server again until it runs or the hub stops; meanwhile queries and runs fail, and say why. */
async function keepUp(restart: () => Promise<void>, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let waitMs = FIRST_RESTART_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LAST_RESTART_MS)) {
    try {
      await restart();
      logger.warn({}, 'the built-in PostgreSQL runs again');
      return;
    } catch (error) {
      logger.error(
        { reason: (error as Error).message },
        'the built-in PostgreSQL could not be started again; trying on',
      );
      await wait(waitMs, signal).catch(() => {});
    }
  }
}
