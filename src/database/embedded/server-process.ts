import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Logger } from '../../lib/logger.ts';
import type { Programs } from './programs.ts';
import type { ServerUser } from './system-user.ts';

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<ServerExit>;
}

export interface LaunchOptions {
  readonly programs: Programs;
  readonly user: ServerUser;
  readonly cluster: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly signal?: AbortSignal;
}

/** The server ended before it took connections; `output` is the end of what it wrote. */
export class LaunchFailure extends Error {
  readonly output: string;

  constructor(output: string) {
    super('PostgreSQL ended while starting');
    this.output = output;
  }

  get isPortTaken(): boolean {
    return /could not bind|Address already in use/.test(this.output);
  }

  /** Backends of a server that was killed are still at their end, or its lock file is. */
  get isPredecessorEnding(): boolean {
    return /pre-existing shared memory block|lock file "postmaster.pid"/.test(this.output);
  }
}

/** Fixed here rather than in postgresql.conf, so that a newer hub brings its settings along. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // No socket in the file system: anybody on the machine could try the password there.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  synchronous_commit: 'on',
  fsync: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The line that says "ready" is looked for in English.
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
};

/** Starts the server and resolves when it takes connections. Rejects with {@link LaunchFailure} if it ends before. */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  const { programs, user, cluster, port, logger, signal } = options;
  signal?.throwIfAborted();
  const settings = { ...SETTINGS, ...options.settings, port: String(port) };
  const child = spawn(
    programs.postgres,
    ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // A process group of its own: Ctrl-C in the terminal must reach the hub alone, which still needs its database to drain.
    { ...user, cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } },
  );
  const exited = new Promise<ServerExit>((resolve) => {
    child.on('exit', (code, signalName) => resolve({ code, signal: signalName }));
  });
  const recent: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      recent.push(line);
      if (recent.length > 30) recent.shift();
      if (line.includes('ready to accept connections')) resolve();
      log(logger, line);
    });
  });
  const abort = (): boolean => child.kill('SIGINT');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject).on('close', () => reject(new LaunchFailure(recent.join('\n'))));
      void ready.then(resolve);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    // Once it serves, a signal to the hub must not end it: the hub stops it last.
    signal?.removeEventListener('abort', abort);
  }
  return { pid: child.pid as number, exited };
}

/** Statements that fail are reported by whoever sent them; here they would only be noise, and hold texts of data. */
function log(logger: Logger, line: string): void {
  const isNews = /\b(FATAL|PANIC|WARNING):/.test(line) && !line.includes('terminating connection');
  if (isNews) logger.warn({ line }, 'PostgreSQL');
  else if (/\b(LOG|FATAL|WARNING):/.test(line)) logger.debug({ line }, 'PostgreSQL');
}
