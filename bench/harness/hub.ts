import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/database/open-database.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { coverageObservations } from './observations.ts';
import type { BenchContext } from './options.ts';
import { prepareDatabase } from './prepare-database.ts';

/** The hub as it is shipped, in a process of its own, following a log that this process writes to. */
export interface HubUnderTest {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly databaseUrl: string;
  readonly database: Database;
  /** Commits one transaction that alters `count` entities. Resolves with the time just before the commit was sent. */
  writeChanges(count: number): Promise<number>;
  cpuMicroseconds(): Promise<number>;
  stop(): Promise<void>;
}

const SOURCE = 'bench';

/** A gateway on a new database of that name. */
export async function startHubOn(context: BenchContext, name: string): Promise<HubUnderTest> {
  const { database, url: databaseUrl } = await prepareDatabase(context, name, [SOURCE]);
  const hub = await startGateway(context.root, databaseUrl);
  let round = 0;
  return {
    url: hub.url,
    webSocketUrl: `${hub.url.replace(/^http/, 'ws')}/graphql`,
    databaseUrl,
    database,
    writeChanges: async (count) => {
      round += 1;
      let committing = 0;
      const at = new Date();
      await database.fork().transactional(async (em) => {
        const observations = coverageObservations(count, round);
        const batches = [{ sourceId: SOURCE, stream: 'bench', observations }];
        await ingest(em as never, { batches, requestedAt: at, recordedAt: at });
        committing = performance.now();
      });
      return committing;
    },
    cpuMicroseconds: () => hub.cpuMicroseconds(),
    stop: async () => {
      await hub.stop();
      await database.close();
    },
  };
}

/** A gateway alone: the one source in its file is never asked, since that is a worker's to do. */
export async function startGateway(root: string, databaseUrl: string): Promise<RunningHub> {
  const directory = await mkdtemp(join(tmpdir(), 'lienthong-bench-hub-'));
  const file = join(directory, 'sources.json');
  await writeFile(file, JSON.stringify({ sources: [NEVER_ASKED] }));
  const env = { DATABASE_URL: databaseUrl, ROLE: 'gateway', SOURCES: file, DATA_DIR: directory, BENCH_API_KEY: 'none' };
  const hub = await startHub(root, { ...env, NODE_ENV: 'production' });
  return { ...hub, stop: () => hub.stop().then(() => rm(directory, { recursive: true, force: true })) };
}

const NEVER_ASKED = {
  id: SOURCE,
  connector: 'khcn',
  name: 'Benchmark',
  config: { baseUrl: 'http://127.0.0.1:9' },
  credentials: { apiKey: 'BENCH_API_KEY' },
  schedule: { everySeconds: 86_400 },
  ttl: null,
  precedence: { default: 100 },
};

export interface RunningHub {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to the line `ready`. */
  readonly readyAfterMs: number;
  cpuMicroseconds(): Promise<number>;
  stop(): Promise<void>;
}

/** Runs `lienthong start` until it says ready; fails with what it printed when it ends or 60 s pass before that. */
export async function startHub(root: string, env: Record<string, string>): Promise<RunningHub> {
  const ownDirectory = env.DATA_DIR ? undefined : await mkdtemp(join(tmpdir(), 'lienthong-bench-hub-'));
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin/lienthong.js'), 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      ...(ownDirectory ? { DATA_DIR: ownDirectory } : {}),
      ...env,
    },
  });
  const said = await becomesReady(child);
  const readyAfterMs = performance.now() - begun;
  const url = `http://127.0.0.1:${port}`;
  let isStopping = false;
  child.once('exit', (code, signal) => {
    if (!isStopping) console.error(`the hub ended by itself with ${code ?? signal}:\n${said()}`);
  });
  return {
    url,
    pid: child.pid as number,
    readyAfterMs,
    cpuMicroseconds: () => cpuOf(url),
    stop: async () => {
      isStopping = true;
      await stopped(child);
      if (ownDirectory) await rm(ownDirectory, { recursive: true, force: true });
    },
  };
}

/** Gives what there is to read of its output later. */
function becomesReady(child: ChildProcess): Promise<() => string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => fail('was not ready after 60 s'), 60_000);
    const fail = (what: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`the hub ${what}:\n${said}`));
    };
    const listen = (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000);
      if (!/^\W*ready\b/im.test(said)) return;
      clearTimeout(timer);
      child.off('exit', ended);
      resolve(() => said);
    };
    const ended = (code: number | null) => fail(`ended with ${code}`);
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', ended);
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The hub tells its own CPU among its metrics. */
async function cpuOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const secondsOf = (name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1]);
  const total = secondsOf('process_cpu_user_seconds_total') + secondsOf('process_cpu_system_seconds_total');
  if (!Number.isFinite(total)) throw new Error('the metrics do not tell the CPU of the hub');
  return total * 1e6;
}
