import { afterEach, expect, test } from '@jest/globals';
import { IsolationLevel } from '@mikro-orm/core';
import { type Sandbox, startSandbox } from '../../connectors/sandbox.ts';
import { createSandboxClock, SANDBOX_END, SANDBOX_START } from '../../connectors/sandbox-clock.ts';
import { CleanUps } from '../../src/composition/clean-ups.ts';
import { writeSandboxFile } from '../../src/composition/sandbox-file.ts';
import { readEmbeddedUrl } from '../../src/database/embedded/connection-file.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import { realClock } from '../../src/lib/clock.ts';
import { encodeCursor } from '../../src/lib/cursor.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { type CommandProcess, type HubProcess, postgresPid, useCommands } from './hub-process.ts';
import { brokenLinks, startFollower } from './log-follower.ts';

const KILLS = 20;
const LIMIT_MS = 30_000;
/** A day in half a minute, so that there is always something to store. */
const SPEED = 2_880;
const VICTIMS = ['hub', 'worker', 'PostgreSQL'] as const;
const commands = useCommands();
const cleanUps = new CleanUps();
afterEach(() => cleanUps.run());

/** Numbers in [0, 1) that a seed decides (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function until(what: string, question: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await waitUntil(question, { limitMs: LIMIT_MS }))) throw new Error(`in ${LIMIT_MS} ms it was not so: ${what}`);
}

/** What `work` gives; throws what a process said that ended meanwhile by itself. */
function whileRunning<Result>(work: Promise<Result>, ...processes: CommandProcess[]): Promise<Result> {
  const ends = processes.map(async (process): Promise<never> => {
    const { code, signal } = await process.exited;
    throw new Error(`a process ended by itself (${code ?? signal}): ${process.errors()}`);
  });
  return Promise.race([work, ...ends]);
}

/** Resolves when the upstreams have been asked so many times more: a moment in the middle of the work. */
function afterCalls(sandbox: Sandbox, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const stop = sandbox.control.onCall(() => {
      if (--left > 0) return;
      stop();
      resolve();
    });
  });
}

async function succeededRuns(database: Database): Promise<number> {
  const rows = await database
    .fork()
    .execute<Array<{ count: number }>>(`select count(*)::int as count from sync_run where state = 'SUCCEEDED'`)
    .catch(() => []);
  return rows[0]?.count ?? 0;
}

/** Against one moment of the store, since both processes go on writing. */
const verify = (database: Database) =>
  database.fork().transactional((em) => verifyState(em), { isolationLevel: IsolationLevel.REPEATABLE_READ });

test('after twenty kills at random points the state equals its recomputation, and no change is missing from the log', async () => {
  const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);
  process.stdout.write(`chaos: CHAOS_SEED=${seed}\n`);
  const random = seeded(seed);
  // The upstreams live in this process: they are what stays up.
  const anchorReal = new Date();
  const clock = createSandboxClock({
    anchorReal,
    speed: SPEED,
    start: SANDBOX_START,
    end: SANDBOX_END,
    clock: realClock,
  });
  const sandbox = await startSandbox({ port: 0, clock, seed });
  cleanUps.add(() => sandbox.stop());
  const { credentials } = sandbox;
  const port = Number(new URL(sandbox.address).port);
  const dataDir = await commands.newDataDir();
  const workerDir = await commands.newDataDir();
  for (const directory of [dataDir, workerDir]) {
    await writeSandboxFile(directory, { anchorReal, speed: SPEED, seed, port, credentials });
  }
  const hubEnv: Record<string, string> = { DATA_DIR: dataDir, LOG_LEVEL: 'silent' };
  let hub = await commands.startHub(hubEnv);
  hubEnv.PORT = new URL(hub.address).port;
  const url = (await readEmbeddedUrl(dataDir)) ?? '';
  const workerEnv = { ROLE: 'worker', DATABASE_URL: url, DATA_DIR: workerDir, LOG_LEVEL: 'silent' };
  let worker: HubProcess = await commands.startHub(workerEnv);
  const database = await openDatabase({ url, applicationName: 'chaos', poolMax: 2 });
  cleanUps.add(() => database.close());
  const [log] = await database.fork().execute<[{ epoch: string }]>('select epoch from change_log');
  const follower = await startFollower(hub.address, encodeCursor({ epoch: log.epoch, seq: 0 }));
  cleanUps.add(() => follower.stop());
  const killed: Record<string, number> = {};

  const kill = {
    hub: async () => {
      await hub.end('SIGKILL');
      hub = await commands.startHub(hubEnv);
      expect(await readEmbeddedUrl(dataDir)).toBe(url);
    },
    worker: async () => {
      await worker.end('SIGKILL');
      worker = await commands.startHub(workerEnv);
    },
    PostgreSQL: async () => {
      const pid = await postgresPid(dataDir);
      process.kill(pid ?? 0, 'SIGKILL');
      await until('PostgreSQL runs again', async () => ![undefined, pid].includes(await postgresPid(dataDir)));
    },
  };

  for (let count = 0; count < KILLS; count++) {
    await whileRunning(afterCalls(sandbox, 1 + Math.floor(random() * 25)), hub, worker);
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'hub';
    killed[victim] = (killed[victim] ?? 0) + 1;
    await kill[victim]();
    await until('the database answers', () =>
      database.ping().then(
        () => true,
        () => false,
      ),
    );
    const before = await succeededRuns(database);
    const goesOn = until(
      `sources are read after ${victim} was killed`,
      async () => (await succeededRuns(database)) > before,
    );
    await whileRunning(goesOn, hub, worker);
    expect(await verify(database)).toEqual({ differences: 0, wrongHeads: 0 });
  }

  await worker.end('SIGTERM');
  // The hub goes on writing, so the follower is held against what is there at one moment.
  const rows = await database.fork().execute<Array<{ seq: number }>>('select seq from change order by seq');
  const stored = rows.map(({ seq }) => seq);
  const newest = stored.at(-1) ?? 0;
  const last = () => follower.changes.at(-1)?.seq ?? 0;
  await until(`the follower has all ${newest} changes`, () => last() >= newest).catch((error: Error) => {
    throw new Error(`${error.message}; it has ${last()}, after ${follower.losses()} lost connections: ${hub.errors()}`);
  });
  const seen = follower.changes.map(({ seq }) => seq).filter((seq) => seq <= newest);
  process.stdout.write(
    `chaos: killed ${JSON.stringify(killed)}; ${seen.length} changes, ${follower.losses()} lost connections\n`,
  );
  expect(seen).toEqual(stored);
  expect(brokenLinks(follower.changes)).toEqual([]);
}, 300_000);
