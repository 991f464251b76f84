import { ConfigurationError, UnavailableError } from '../../errors/operation-errors.ts';
import { wait } from '../../lib/wait.ts';
import { type Connection, urlOf, writeConnection } from './connection-file.ts';
import { freePort } from './free-port.ts';
import { stopProcess } from './postmaster-file.ts';
import { ensureDatabase } from './prepare-cluster.ts';
import {
  LaunchFailure,
  type LaunchOptions,
  launchServer,
  type ServerExit,
  type ServerProcess,
} from './server-process.ts';

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

export type PreparedCluster = Omit<LaunchOptions, 'port'> & { readonly connection: Connection };

interface StartOptions {
  readonly dataDir: string;
  readonly signal?: AbortSignal;
}

const START_TRIES = 100;
const TRY_EVERY_MS = 100;

/** The server of a cluster that is prepared and locked; `release` gives the lock free when it has stopped. */
export class RunningServer implements EmbeddedServer {
  readonly #prepared: PreparedCluster;
  readonly #options: StartOptions;
  readonly #release: () => Promise<void>;
  readonly #listeners = new Set<(exit: ServerExit) => void>();
  #connection: Connection;
  #process: ServerProcess | undefined;
  #starting: Promise<void> | undefined;
  #isStopping = false;

  constructor(prepared: PreparedCluster, options: StartOptions, release: () => Promise<void>) {
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
