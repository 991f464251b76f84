import 'reflect-metadata';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { entities } from '../../schema/entities/index.ts';
import { ConfigurationError } from '../errors/operation-errors.ts';
import { registerErrorTranslator } from '../errors/to-public-error.ts';
import { type Logger, silentLogger } from '../lib/logger.ts';
import { type Listener, type ListenOptions, listen, type OnNotification } from './listen.ts';
import { migrationsOptions } from './migrations-list.ts';
import { type OnStatement, tapStatements } from './statement-tap.ts';
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
  /** Ends the listeners and the pool; connections in use are waited for. */
  close(): Promise<void>;
}

/** Milliseconds that a request waits for a connection, of a server that is gone or a pool that is used up. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Milliseconds: a transaction that does nothing may hold the lock of the change log, and all writers with it. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/**
 * Opens the database without asking it anything yet: the pool connects when it is first used, and again after the
 * server was gone. Throws a ConfigurationError for a URL that is none.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const logger = options.logger ?? silentLogger;
  registerErrorTranslator(translateDatabaseError);
  const orm = await MikroORM.init({
    ...connectionOptions(options.url),
    entities: [...entities],
    metadataProvider: ReflectMetadataProvider,
    discovery: { warnWhenNoEntities: false },
    ensureDatabase: false,
    extensions: [Migrator],
    migrations: migrationsOptions,
    pool: { min: 0, max: options.poolMax ?? 10 },
    driverOptions: poolOptions(options, logger),
    debug: false,
    colors: false,
    logger: (message) => logger.debug({ message }, 'ORM'),
  });
  const listeners = new Set<Listener>();
  return {
    orm,
    url: options.url,
    fork: () => orm.em.fork() as EntityManager,
    listen: async (channels, onNotification, listenOptions = {}) => {
      const listener = await listen(options.url, channels, onNotification, { logger, ...listenOptions });
      listeners.add(listener);
      return listener;
    },
    ping: (signal) => ping(orm, signal),
    close: async () => {
      await Promise.all([...listeners].map((listener) => listener.close()));
      await orm.close(true);
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

function poolOptions(options: DatabaseOptions, logger: Logger): object {
  return {
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: '-c TimeZone=UTC',
    statement_timeout: options.statementTimeoutMs || undefined,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    onPoolCreated: (pool: pg.Pool) => {
      pool.options.types = createValueParsers();
      // Without a listener, a client that the server cut would end the process.
      pool.on('error', (error) => logger.warn({ reason: error.message }, 'an idle database connection was cut'));
      pool.on('connect', (client) => {
        client.on('error', () => undefined);
        if (options.onStatement) tapStatements(client, options.onStatement);
      });
    },
  };
}

async function ping(orm: MikroORM, signal?: AbortSignal): Promise<void> {
  try {
    await orm.em.fork().execute('select 1', [], { method: 'all', ...(signal ? { signal } : {}) });
  } catch (error) {
    signal?.throwIfAborted();
    throw translateDatabaseError(error);
  }
}
