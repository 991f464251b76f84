import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll } from '@jest/globals';
import { waitUntil } from '../../src/lib/wait.ts';
import { ensureBuilt } from './ensure-built.ts';

const BIN = join(import.meta.dirname, '../../bin/lienthong.js');
const START_LIMIT_MS = 30_000;

/** What `lienthong start --json` says when it is ready. */
export interface Ready {
  readonly graphql?: string;
  readonly sandbox?: string;
  readonly adminKey?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the command line. */
export interface CommandProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Lines of standard output so far. */
  readonly lines: string[];
  /** Standard error so far. */
  errors(): string;
  readonly exited: Promise<Exit>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>;
}

export interface HubProcess extends CommandProcess {
  readonly ready: Ready;
  /** `http://host:port`. */
  readonly address: string;
}

export interface Commands {
  /** A temporary data directory, for DATA_DIR. */
  newDataDir(): Promise<string>;
  start(args: readonly string[], env: Record<string, string>): CommandProcess;
  /** Runs a command to its end. */
  run(args: readonly string[], env: Record<string, string>): Promise<Exit & { out: string; err: string }>;
  /** Starts a hub or worker and waits until it says that it is ready; throws what it said instead. */
  startHub(env: Record<string, string>): Promise<HubProcess>;
}

/** Real processes for a test file; whatever it leaves running, a PostgreSQL without its hub included, is ended after it. */
export function useCommands(): Commands {
  const processes: CommandProcess[] = [];
  const dataDirs: string[] = [];
  beforeAll(ensureBuilt);
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.end('SIGKILL')));
    for (const dataDir of dataDirs) {
      await endPostgres(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    }
  });
  const commands: Commands = {
    newDataDir: async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'lienthong-e2e-'));
      dataDirs.push(dataDir);
      return dataDir;
    },
    start: (args, env) => {
      const process = startCommand(args, env);
      processes.push(process);
      return process;
    },
    run: async (args, env) => {
      const process = commands.start(args, env);
      const exit = await process.exited;
      return { ...exit, out: process.lines.join('\n'), err: process.errors() };
    },
    startHub: async (env) => {
      const process = commands.start(['start', '--json'], { PORT: '0', ...env });
      let isOver = false;
      void process.exited.then(() => {
        isOver = true;
      });
      const isReady = () => process.lines.length > 0 || isOver;
      const wasInTime = await waitUntil(isReady, { limitMs: START_LIMIT_MS });
      const [line] = process.lines;
      if (!wasInTime || line === undefined) throw new Error(`the hub did not start: ${process.errors()}`);
      const ready = JSON.parse(line) as Ready;
      return { ...process, ready, address: ready.graphql?.replace(/\/graphql$/, '') ?? '' };
    },
  };
  return commands;
}

function startCommand(args: readonly string[], env: Record<string, string>): CommandProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH, HOME, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  // `close` comes after the streams have been read to their ends.
  const exited = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
  return {
    child,
    pid: child.pid ?? 0,
    lines,
    errors: () => errors,
    exited,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

/** The number of the process of the built-in PostgreSQL of a data directory; undefined where none runs. */
export async function postgresPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

async function endPostgres(dataDir: string): Promise<void> {
  const pid = await postgresPid(dataDir);
  if (pid === undefined) return;
  process.kill(pid, 'SIGQUIT');
  await waitUntil(() => !isAlive(pid), { limitMs: 5_000 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks a hub over HTTP; gives the data, and throws the first error. */
export async function askHub<Data>(address: string, query: string, options: { key?: string; variables?: object } = {}) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.key ? { authorization: `Bearer ${options.key}` } : {}),
    },
    body: JSON.stringify({ query, variables: options.variables ?? {} }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: Array<{ message: string }> };
  if (errors?.[0]) throw new Error(errors[0].message);
  return data;
}
