import { ConfigurationError, UnavailableError } from '../../errors/operation-errors.ts';
import type { Logger } from '../../lib/logger.ts';
import { wait } from '../../lib/wait.ts';
import { clusterLink, placeCluster } from './cluster-place.ts';
import { type Connection, readConnection, urlOf, writeConnection } from './connection-file.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { freePort } from './free-port.ts';
import { clearLeftServer, stopProcess } from './postmaster-file.ts';
import { ensureDatabase, prepareCluster } from './prepare-cluster.ts';
import { findPrograms } from './programs.ts';
import {
  LaunchFailure,
  type LaunchOptions,
  launchServer,
  type ServerExit,
  type ServerProcess,
} from './server-process.ts';
import { chooseServerUser } from './system-user.ts';

export interface EmbeddedOptions {
  /** The hub's data directory; the cluster lies in `postgres` below it. Made if it is not there. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Cuts the start short; afterwards `stop` ends the server. */
  readonly signal?: AbortSignal;
  /** Told, in words for a person, what takes a moment. */
  readonly onProgress?: (step: string) => void;
  /** Further settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False for data that may be lost with the machine's power, i.e. in tests. Default true. */
  readonly isDurable?: boolean;
}

export interface EmbeddedServer {
  /** With the password in it. The same as long as the hub runs, over restarts too. */
  readonly url: string;
  /** Of the server that runs now. */
  readonly pid: number;
  /** Calls back when the server ends without having been told to. Returns what ends the calls. */
  onExit(listener: (exit: ServerExit) => void): () => void;
  /** Starts the server again on the same port after it ended by itself; a server that runs is left alone. */
  restart(): Promise<void>;
  /** Ends the server cleanly and gives the data directory free. Clients that are still connected are cut. */
  stop(): Promise<void>;
}

const START_TRIES = 100;
const TRY_EVERY_MS = 100;

/**
 * Starts the built-in PostgreSQL on a data directory, alone: a second hub on the directory is refused with
 * {@link ConfigurationError}. Whatever a kill left behind is put right first: a server without its hub is stopped, a
 * half-made cluster thrown away, a stale lock taken over; the server itself recovers what was committed.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const lock = await lockDataDirectory(options.dataDir);
  try {
    const server = new RunningServer(await prepare(options), options, () => lock.release());
    await server.start();
    return server;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

type Prepared = Omit<LaunchOptions, 'port'> & { connection: Connection };

async function prepare(options: EmbeddedOptions): Promise<Prepared> {
  const { dataDir, logger, signal, onProgress, isDurable = true } = options;
  const user = await chooseServerUser(clusterLink(dataDir));
  const [programs, cluster, connection] = await Promise.all([
    findPrograms(user),
    placeCluster(dataDir, user),
    readConnection(dataDir),
  ]);
  await clearLeftServer(cluster, signal);
  onProgress?.('starting the built-in PostgreSQL');
  const shared = { programs, user, logger, ...(signal ? { signal } : {}) };
  await prepareCluster(cluster, dataDir, { ...shared, connection, isDurable });
  const { isNew: _isNew, ...recorded } = connection;
  return { ...shared, cluster, connection: recorded, settings: options.settings ?? {} };
}

class RunningServer implements EmbeddedServer {
  readonly #prepared: Prepared;
  readonly #options: EmbeddedOptions;
  readonly #release: () => Promise<void>;
  readonly #listeners = new Set<(exit: ServerExit) => void>();
  #connection: Connection;
  #process: ServerProcess | undefined;
  #starting: Promise<void> | undefined;
  #isStopping = false;

  constructor(prepared: Prepared, options: EmbeddedOptions, release: () => Promise<void>) {
    this.#prepared = prepared;
    this.#options = options;
    this.#release = release;
    this.#connection = prepared.connection;
  }

  get url(): string {
    return urlOf(this.#connection);
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  onExit(listener: (exit: ServerExit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    const port = await this.#launch(await freePort(this.#connection.port), { mayMove: true });
    this.#connection = { ...this.#connection, port };
    await writeConnection(this.#options.dataDir, this.#connection);
    await ensureDatabase(this.#connection);
  }

  restart(): Promise<void> {
    if (this.#process || this.#isStopping) return Promise.resolve();
    this.#starting ??= this.#launch(this.#connection.port as number, { mayMove: false })
      .then(() => undefined)
      .finally(() => {
        this.#starting = undefined;
      });
    return this.#starting;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#starting?.catch(() => undefined);
    if (this.#process) await stopProcess(this.#process.pid);
    this.#process = undefined;
    await this.#release();
  }

  /** Tries until the server serves; gives the port. Clients know the port of a restart, so that one waits for its own. */
  async #launch(firstPort: number, { mayMove }: { mayMove: boolean }): Promise<number> {
    const signal = mayMove ? this.#options.signal : undefined;
    let port = firstPort;
    for (let tries = 1; ; tries++) {
      try {
        this.#watch(await launchServer({ ...this.#launchOptions(signal), port }));
        return port;
      } catch (error) {
        if (!(error instanceof LaunchFailure)) throw error;
        if (tries >= START_TRIES || !(error.isPortTaken || error.isPredecessorEnding)) throw notStarted(error);
        if (error.isPortTaken && mayMove) port = await freePort();
        else await wait(TRY_EVERY_MS, signal);
      }
    }
  }

  #launchOptions(signal: AbortSignal | undefined): Omit<LaunchOptions, 'port'> {
    const { programs, user, cluster, settings, logger } = this.#prepared;
    return { programs, user, cluster, settings, logger, ...(signal ? { signal } : {}) };
  }

  #watch(server: ServerProcess): void {
    this.#process = server;
    void server.exited.then((exit) => {
      if (this.#process !== server) return;
      this.#process = undefined;
      if (this.#isStopping) return;
      this.#prepared.logger.error({ ...exit, pid: server.pid }, 'the built-in PostgreSQL ended by itself');
      for (const listener of this.#listeners) listener(exit);
    });
  }
}

function notStarted(failure: LaunchFailure): Error {
  const cause = new Error(failure.output);
  const reason = /(?:FATAL|PANIC):\s*(.*)/.exec(failure.output)?.[1];
  if (!reason) return new UnavailableError('The built-in PostgreSQL', { cause });
  return new ConfigurationError(
    `The built-in PostgreSQL does not start: ${reason}. See what is wrong with its data directory, or set DATABASE_URL.`,
    { cause },
  );
}
