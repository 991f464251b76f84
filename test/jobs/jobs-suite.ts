import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { loadReference } from '../../seeds/reference.ts';
import { type Jobs, startJobs } from '../../src/jobs/start-jobs.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { findRun } from '../../src/sync/run-record.ts';
import { useDatabase } from '../support/database.ts';
import { deployment, page, pagesOf, runDependencies, standInSource } from '../sync/stand-in.ts';

const DAILY = { everySeconds: 86_400, jitterSeconds: 0 };

/** What holds wherever jobs are kept; each backend's test file runs all of it. */
export function describeJobs(redisUrl?: string): void {
  const db = useDatabase();
  const started: Jobs[] = [];
  let installation = '';
  const start = async (
    sources: ConfiguredSource[],
    over: { isWorker?: boolean; concurrency?: number } = {},
  ): Promise<Jobs> => {
    await registerSources(
      db.em(),
      sources.map((source) => source.definition),
      { simulated: true, now: new Date() },
    );
    const run = await runDependencies(db.database());
    const jobs = await startJobs({
      place: { databaseUrl: db.url(), redisUrl, installation },
      database: db.database(),
      clock: run.clock,
      random: Math.random,
      logger: silentLogger,
      run,
      sources,
      isWorker: true,
      ...over,
    });
    started.push(jobs);
    return jobs;
  };
  const runs = (where = 'true') =>
    db
      .em()
      .execute<{ id: number; state: string; trigger: string }[]>(
        `select id, state, trigger from sync_run where ${where} order by id`,
      );
  const until = async (question: () => Promise<boolean>) =>
    expect(await waitUntil(question, { limitMs: 20_000 })).toBe(true);
  const isDone = (runId: number) => async () => (await findRun(db.em(), runId))?.state !== 'RUNNING';

  beforeAll(async () => {
    await loadReference(db.em());
  });
  beforeEach(async () => {
    installation = randomUUID().slice(0, 8);
    await db.em().execute('truncate sync_run, observation, deployment, change, conflict, checkpoint, rejection');
    await db.em().execute('drop schema if exists bullmq cascade');
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((jobs) => jobs.stop(5_000)));
  });

  test('each source is read as soon as jobs are taken, and then on its schedule', async () => {
    const jobs = await start([
      standInSource(pagesOf(page([deployment('01', ['VNPT'])])), {
        schedule: { everySeconds: 0.2, jitterSeconds: 0.1 },
      }),
    ]);
    expect(await runs()).toEqual([]);
    await jobs.run();
    await until(async () => (await runs(`state = 'SUCCEEDED' and trigger = 'schedule'`)).length >= 3);
  });

  test('five processes that start at once make one schedule, and never read a source twice at once', async () => {
    let running = 0;
    let most = 0;
    const source = standInSource(
      async function* () {
        running += 1;
        most = Math.max(most, running);
        yield page([deployment('01', ['VNPT'])]);
        running -= 1;
      },
      { schedule: { everySeconds: 0.1, jitterSeconds: 0 } },
    );
    const all = await Promise.all(Array.from({ length: 5 }, () => start([source])));
    await Promise.all(all.map((jobs) => jobs.run()));
    await until(async () => (await runs(`state = 'SUCCEEDED'`)).length >= 10);
    expect(most).toBe(1);
    const { delayed = 0 } = (await all[0]?.counts()) ?? {};
    // The source's next turn, the sweep's and the housekeeping's; the source's may be going on this instant.
    expect(delayed).toBeLessThanOrEqual(3);
  });

  test('a run that is asked for has its record at once and is done by a worker', async () => {
    const gateway = await start([standInSource(pagesOf(), { schedule: DAILY })], { isWorker: false });
    const runId = await gateway.requestRun('stand-in', 'test');
    expect(await findRun(db.em(), runId)).toMatchObject({ state: 'RUNNING', trigger: 'request' });
    const worker = await start([standInSource(pagesOf(page([deployment('01', ['VNPT'])])), { schedule: DAILY })]);
    await worker.run();
    await until(isDone(runId));
    expect(await findRun(db.em(), runId)).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
  });

  test('asking while a run is going on joins that run', async () => {
    const gate = Promise.withResolvers<void>();
    const jobs = await start([
      standInSource(
        async function* () {
          await gate.promise;
          yield page([]);
        },
        { schedule: DAILY },
      ),
    ]);
    await jobs.run();
    await until(async () => (await runs(`state = 'RUNNING'`)).length === 1);
    const [first] = await runs();
    const asked = await Promise.all([jobs.requestRun('stand-in', 'a'), jobs.requestRun('stand-in', 'b')]);
    expect(asked).toEqual([first?.id, first?.id]);
    gate.resolve();
    await until(isDone(first?.id ?? 0));
    expect(await runs()).toHaveLength(1);
  });

  const elsewhere = (trigger: string) =>
    db.em().execute(`insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
      values ('stand-in', '${trigger}', 'RUNNING', 'other-host 7 mark', now(), now())`);
  const silence = (howLong: string) =>
    db.em().execute(`update sync_run set heartbeat_at = date_trunc('milliseconds', now() - interval '${howLong}')
      where state = 'RUNNING' and source_id = 'stand-in'`);
  const endOf = (trigger: string) =>
    db.em().execute(`update sync_run set state = 'SUCCEEDED', finished_at = now() where trigger = '${trigger}'`);

  test.each(['replay', 'backfill'])(
    'asking for a read while a %s goes on says which run to wait for',
    async (trigger) => {
      const jobs = await start([standInSource(pagesOf(), { schedule: DAILY })], { isWorker: false });
      await elsewhere(trigger);
      const [{ id } = { id: 0 }] = await runs();
      await expect(jobs.requestRun('stand-in', 'test')).rejects.toMatchObject({
        code: 'CONFLICT',
        retryable: true,
        message: `Run ${id} of "stand-in" (a ${trigger}) is going on; wait for its end and ask again.`,
      });
    },
  );

  test.each(['replay', 'backfill'])('a turn that meets a %s is done once that has ended', async (trigger) => {
    const jobs = await start([standInSource(pagesOf(page([])), { schedule: DAILY })]);
    await elsewhere(trigger);
    await jobs.run();
    // The next turn, and this one.
    await until(async () => ((await jobs.counts()).delayed ?? 0) >= 2);
    await endOf(trigger);
    await until(async () => (await runs(`trigger = 'schedule' and state = 'SUCCEEDED'`)).length === 1);
  });

  test('a turn that meets a read whose worker is silent is done once that is given up', async () => {
    const jobs = await start([standInSource(pagesOf(page([])), { schedule: DAILY })]);
    await elsewhere('command');
    await silence('20 s');
    await jobs.run();
    await until(async () => ((await jobs.counts()).delayed ?? 0) >= 2);
    await silence('61 s');
    await until(async () => (await runs(`trigger = 'schedule' and state = 'SUCCEEDED'`)).length === 1);
  });

  test('a backfill whose worker died elsewhere is done by another, under its own record', async () => {
    const sources = [standInSource(pagesOf(page([])), { schedule: DAILY })];
    const gateway = await start(sources, { isWorker: false });
    const work = { kind: 'backfill', from: new Date('2025-06-20Z'), to: new Date('2025-06-21Z') } as const;
    const runId = await gateway.requestRun('stand-in', 'test', { work });
    await db.em().execute(`update sync_run set worker = 'other-host 7 mark', heartbeat_at = now()`);
    await (await start(sources)).run();
    await until(async () => ((await gateway.counts()).delayed ?? 0) >= 3);
    await silence('61 s');
    await until(isDone(runId));
    expect(await findRun(db.em(), runId)).toMatchObject({ state: 'SUCCEEDED', trigger: 'backfill' });
  });

  test('a run that was given up is not done by its job after all', async () => {
    const sources = [standInSource(pagesOf(page([])), { schedule: DAILY })];
    const gateway = await start(sources, { isWorker: false });
    const givenUp = await gateway.requestRun('stand-in', 'test');
    await db.em().execute(`update sync_run set state = 'FAILED', finished_at = now() where id = ${givenUp}`);
    await (await start(sources)).run();
    await until(async () => {
      const { waiting = 0, active = 0 } = await gateway.counts();
      return waiting + active === 0 && (await runs(`trigger = 'schedule' and state = 'SUCCEEDED'`)).length === 1;
    });
    expect(await runs()).toMatchObject([
      { id: givenUp, state: 'FAILED' },
      { trigger: 'schedule', state: 'SUCCEEDED' },
    ]);
  });

  test('the hub looks after its runs also while every worker is busy', async () => {
    const jobs = await start(
      [
        standInSource(
          async function* () {
            await new Promise(() => {});
            yield page([]);
          },
          { id: 'marker', schedule: DAILY },
        ),
        standInSource(pagesOf(), { schedule: null as never }),
      ],
      { concurrency: 1 },
    );
    await jobs.run();
    await until(async () => (await runs(`source_id = 'marker' and state = 'RUNNING'`)).length === 1);
    await elsewhere('command');
    await silence('61 s');
    await until(async () => (await runs(`source_id = 'stand-in' and state = 'FAILED'`)).length === 1);
  });

  test.each([
    ['that there is not', 'nobody', 'NOT_FOUND'],
    ['that is a voice of another', 'stand-in-summary', 'CONFLICT'],
    ['that is operators themselves', 'operator', 'CONFLICT'],
  ])('asking for a source %s says so', async (_name, id, code) => {
    const jobs = await start([standInSource(pagesOf(), { schedule: DAILY })]);
    await expect(jobs.requestRun(id, 'test')).rejects.toMatchObject({ code });
  });

  test('a source that is paused is not read on its schedule, until it is resumed', async () => {
    const schedule = { everySeconds: 0.05, jitterSeconds: 0 };
    const page01 = pagesOf(page([deployment('01', ['VNPT'])]));
    const jobs = await start([standInSource(page01, { schedule }), standInSource(page01, { id: 'marker', schedule })]);
    await db.em().execute(`update source set paused_at = now() where id = 'stand-in'`);
    await jobs.run();
    // Turns of the other one have come and gone, so turns of the paused one have as well.
    await until(async () => (await runs(`source_id = 'marker' and state = 'SUCCEEDED'`)).length >= 5);
    expect(await runs(`source_id = 'stand-in'`)).toEqual([]);
    // Somebody may ask for it all the same.
    const asked = await jobs.requestRun('stand-in', 'test');
    await until(isDone(asked));
    expect(await runs(`source_id = 'stand-in'`)).toEqual([expect.objectContaining({ trigger: 'request' })]);
    await db.em().execute(`update source set paused_at = null where id = 'stand-in'`);
    await until(async () => (await runs(`source_id = 'stand-in' and trigger = 'schedule'`)).length >= 2);
  });

  test('a backfill that is ordered reads its range, and leaves checkpoints alone', async () => {
    const ranges: unknown[] = [];
    const jobs = await start([
      standInSource(
        async function* (context) {
          ranges.push(context.range);
          yield page([deployment('01', ['VNPT'])], { checkpoint: context.range ? undefined : { at: 1 } });
        },
        { schedule: DAILY },
      ),
    ]);
    await jobs.run();
    await until(async () => (await runs(`state = 'SUCCEEDED'`)).length === 1);
    const work = { kind: 'backfill', from: new Date('2025-06-20Z'), to: new Date('2025-06-21Z') } as const;
    const runId = await jobs.requestRun('stand-in', 'test', { work });
    await until(isDone(runId));
    expect(await findRun(db.em(), runId)).toMatchObject({ state: 'SUCCEEDED', trigger: 'backfill' });
    expect(ranges).toEqual([undefined, { from: work.from, to: work.to }]);
  });

  test('a replay that is ordered is done by a worker, and asks nobody', async () => {
    let asked = 0;
    const jobs = await start([
      standInSource(
        async function* () {
          asked += 1;
          yield page([]);
        },
        { schedule: DAILY },
      ),
    ]);
    await jobs.run();
    await until(async () => (await runs(`state = 'SUCCEEDED'`)).length === 1);
    const replay = await jobs.requestRun('stand-in', 'test', {
      work: { kind: 'replay', stream: null, since: null, until: null },
    });
    await until(isDone(replay));
    const rejections = await jobs.requestRun('stand-in', 'test', { work: { kind: 'rejections', ids: null } });
    await until(isDone(rejections));
    expect(await runs(`trigger = 'replay' and state <> 'RUNNING'`)).toHaveLength(2);
    expect(asked).toBe(1);
  });

  test('says when each source is due next', async () => {
    const jobs = await start([standInSource(pagesOf(page([])), { schedule: DAILY })]);
    await jobs.run();
    await until(async () => (await runs(`state = 'SUCCEEDED'`)).length === 1);
    const isTomorrow = async () => {
      const next = (await jobs.nextRuns()).get('stand-in')?.getTime() ?? 0;
      return Math.abs(next - Date.now() - 86_400_000) < 60_000;
    };
    await until(isTomorrow);
    expect([...(await jobs.nextRuns()).keys()]).toEqual(['stand-in']);
  });

  test('a source that fails stops only itself', async () => {
    const failing = standInSource(
      async function* () {
        yield page([]);
        throw new Error('it breaks');
      },
      { id: 'failing', schedule: { everySeconds: 0.1, jitterSeconds: 0 } },
    );
    const jobs = await start([
      failing,
      standInSource(pagesOf(page([deployment('01', ['VNPT'])])), { schedule: DAILY }),
    ]);
    await jobs.run();
    await until(async () => (await runs(`source_id = 'failing' and state = 'FAILED'`)).length >= 3);
    await until(async () => (await runs(`source_id = 'stand-in' and state = 'SUCCEEDED'`)).length === 1);
  });

  test('a source that left the file is read no more', async () => {
    const both = [standInSource(pagesOf(), { id: 'left' }), standInSource(pagesOf(), { schedule: DAILY })];
    const before = await start(both);
    await before.run();
    await until(async () => (await runs(`source_id = 'left' and state = 'SUCCEEDED'`)).length >= 1);
    await before.stop(5_000);
    const after = await start(both.slice(1));
    await after.run();
    const { delayed = 0, waiting = 0 } = await after.counts();
    expect(delayed + waiting).toBeLessThanOrEqual(3);
  });

  test('a stop breaks off what is running, and its record says so', async () => {
    const jobs = await start([
      standInSource(
        async function* () {
          yield page([deployment('01', ['VNPT'])]);
          await new Promise(() => {});
        },
        { schedule: DAILY },
      ),
    ]);
    await jobs.run();
    await until(async () => (await runs(`accepted = 1`)).length === 1);
    const began = performance.now();
    await jobs.stop(5_000);
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(await runs()).toEqual([expect.objectContaining({ state: 'CANCELLED' })]);
  });

  /** Hangs after its first page, until it is freed. */
  const stuckSource = () => {
    let isStuck = true;
    const read = async function* () {
      yield page([deployment('01', ['VNPT'])]);
      if (isStuck) await new Promise(() => {});
    };
    const free = (): void => {
      isStuck = false;
    };
    return { source: standInSource(read, { schedule: DAILY }), free };
  };

  test('a turn that a stop broke off comes again at the next start', async () => {
    const { source, free } = stuckSource();
    const jobs = await start([source]);
    await jobs.run();
    await until(async () => (await runs(`accepted = 1`)).length === 1);
    await jobs.stop(5_000);
    free();
    await (await start([source])).run();
    await until(async () => (await runs(`state = 'SUCCEEDED'`)).length === 1);
    expect(await runs()).toMatchObject([{ state: 'CANCELLED' }, { state: 'SUCCEEDED', trigger: 'schedule' }]);
  });

  test('a backfill that a stop broke off is done at the next start, under its own record', async () => {
    const { source, free } = stuckSource();
    const gateway = await start([source], { isWorker: false });
    const work = { kind: 'backfill', from: new Date('2025-06-20Z'), to: new Date('2025-06-21Z') } as const;
    const runId = await gateway.requestRun('stand-in', 'test', { work });
    const jobs = await start([source]);
    await jobs.run();
    await until(async () => (await runs(`accepted = 1`)).length === 1);
    await jobs.stop(5_000);
    expect(await findRun(db.em(), runId)).toMatchObject({ state: 'RUNNING', worker: 'waiting for another worker' });
    free();
    // However long that took.
    await silence('1 h');
    await (await start([source])).run();
    await until(isDone(runId));
    expect(await findRun(db.em(), runId)).toMatchObject({ state: 'SUCCEEDED' });
  });
}
