import 'reflect-metadata';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { entities } from '../../schema/entities/index.ts';
import { ConfigurationError } from '../errors/operation-errors.ts';
import { registerErrorTranslator } from '../errors/to-public-error.ts';
import { type Logger, silentLogger } from '../lib/logger.ts';
import { wait } from '../lib/wait.ts';
import { type Listener, type ListenOptions, listen, type OnNotification } from './listen.ts';
import { migrationsOptions } from './migrations-list.ts';
import { type OnStatement, tapStatements } from './statement-tap.ts';
import { SteadyClient } from './steady-client.ts';
import { translateDatabaseError } from './translate-error.ts';
import { createValueParsers } from './value-parsers.ts';

export interface DatabaseOptions {
  /** `postgresql://user:password@host:port/database`. */
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Connections at most. Default 10; the listener has one more. */
  readonly poolMax?: number;
  /** Milliseconds after which the server cancels a statement; 0, the default, is never. */
  readonly statementTimeoutMs?: number;
  /** Told every statement of the pool, for tests that count them. */
  readonly onStatement?: OnStatement;
  readonly logger?: Logger;
}

/** The store of one process: one pool, one EntityManager per request or job, one connection that listens. */
export interface Database {
  readonly orm: MikroORM;
  readonly url: string;
  /** A fresh EntityManager: for one request or job, never shared between two. */
  fork(): EntityManager;
  /** Starts to listen on a connection of its own; resolves when it does. */
  listen(channels: readonly string[], onNotification: OnNotification, options?: ListenOptions): Promise<Listener>;
  /** Resolves when the database answers; throws an UnavailableError when it does not. */
  ping(signal?: AbortSignal): Promise<void>;
  /** Ends the listeners and the pool. Work in hand has a moment to end (3 s), then its connections are cut. */
  close(): Promise<void>;
}

/** Milliseconds that a request waits for a connection, of a server that is gone or a pool that is used up. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Milliseconds: a transaction that does nothing may hold the lock of the change log, and all writers with it. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** Milliseconds: a stop of the hub has ten seconds in all. */
const CLOSE_GRACE_MS = 3_000;

/**
 * Opens the database without asking it anything yet: the pool connects when it is first used, and again after the
 * server was gone. Throws a ConfigurationError for a URL that is none.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const logger = options.logger ?? silentLogger;
  registerErrorTranslator(translateDatabaseError);
  const clients = new Set<pg.PoolClient>();
  const orm = await MikroORM.init({
    ...connectionOptions(options.url),
    entities: [...entities],
    metadataProvider: ReflectMetadataProvider,
    discovery: { warnWhenNoEntities: false },
    ensureDatabase: false,
    extensions: [Migrator],
    migrations: migrationsOptions,
    pool: { min: 0, max: options.poolMax ?? 10 },
    driverOptions: poolOptions(options, logger, clients),
    debug: false,
    colors: false,
    logger: (message) => logger.debug({ message }, 'ORM'),
  });
  // The pool is made now, though not connected: made by the first statement, it could come about after `close`.
  await orm.connect();
  const listeners = new Set<Listener>();
  return {
    orm,
    url: options.url,
    fork: () => orm.em.fork() as EntityManager,
    listen: async (channels, onNotification, listenOptions = {}) => {
      const listener = await listen(options.url, channels, onNotification, { logger, ...listenOptions });
      listeners.add(listener);
      return {
        close: async () => {
          listeners.delete(listener);
          await listener.close();
        },
      };
    },
    ping: (signal) => ping(orm, signal),
    close: async () => {
      await Promise.all([...listeners].map((listener) => listener.close()));
      await closeWithin(CLOSE_GRACE_MS, orm, clients);
    },
  };
}

function connectionOptions(url: string): { clientUrl: string } {
  try {
    if (/^postgres(ql)?:$/.test(new URL(url).protocol)) return { clientUrl: url };
  } catch {
    // Said below, without the text, which may hold a password.
  }
  throw new ConfigurationError(
    'DATABASE_URL is not a PostgreSQL address. It has the form postgresql://user:password@host:5432/database.',
  );
}

function poolOptions(options: DatabaseOptions, logger: Logger, clients: Set<pg.PoolClient>): object {
  return {
    // The ORM takes host, user and so on from the address; what else stands in it, such as sslmode, only pg reads.
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    Client: SteadyClient,
    options: '-c TimeZone=UTC',
    statement_timeout: options.statementTimeoutMs || undefined,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    onPoolCreated: (pool: pg.Pool) => {
      pool.options.types = createValueParsers();
      pool.on('error', (error) => logger.warn({ reason: error.message }, 'an idle database connection was cut'));
      pool.on('remove', (client) => clients.delete(client));
      pool.on('connect', (client) => {
        clients.add(client);
        if (options.onStatement) tapStatements(client, options.onStatement);
      });
    },
  };
}

/**
 * Ends the pool. It waits for whoever has a connection, and for ever for one that was being made when the end came
 * (kysely then neither uses it nor gives it back), so after the grace what is left is cut and not waited for.
 */
async function closeWithin(graceMs: number, orm: MikroORM, clients: ReadonlySet<pg.PoolClient>): Promise<void> {
  const closed = orm.close(true).then(() => true);
  const grace = new AbortController();
  const isClosed = await Promise.race([closed, wait(graceMs, grace.signal).then(() => false)]);
  grace.abort();
  if (isClosed) return;
  closed.catch(() => undefined);
  for (const client of clients) cutConnection(client);
}

/** Whoever waits for an answer on it gets an error; the server notices and rolls back. */
function cutConnection(client: pg.PoolClient): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

async function ping(orm: MikroORM, signal?: AbortSignal): Promise<void> {
  try {
    await orm.em.fork().execute('select 1', [], { method: 'all', ...(signal ? { signal } : {}) });
  } catch (error) {
    signal?.throwIfAborted();
    throw translateDatabaseError(error);
  }
}
