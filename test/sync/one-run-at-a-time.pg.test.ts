import { describe, expect, test } from '@jest/globals';
import { claimRun, settleVanishedRuns } from '../../src/sync/claim-run.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { createWorkerIdentity, RETURNED_WORKER, WAITING_WORKER } from '../../src/sync/worker-identity.ts';
import { deployment, page, pagesOf, runDependencies, standInSource } from './stand-in.ts';
import { useRuns } from './use-runs.ts';

const { all, db, request } = useRuns();

describe('never two runs of one source at once', () => {
  test('of twenty that begin together one runs and the others join it', async () => {
    let running = 0;
    let most = 0;
    const others = Promise.withResolvers<void>();
    const source = standInSource(async function* () {
      running += 1;
      most = Math.max(most, running);
      await others.promise;
      yield page([deployment('01', ['VNPT'])]);
      running -= 1;
    });
    const dependencies = await runDependencies(db.database());
    let joined = 0;
    const runs = Array.from({ length: 20 }, () =>
      runSource(dependencies, request(source)).then((outcome) => {
        if (outcome.state === 'JOINED' && ++joined === 19) others.resolve();
        return outcome;
      }),
    );
    const outcomes = await Promise.all(runs);
    expect(most).toBe(1);
    expect(new Set(outcomes.map((outcome) => outcome.runId)).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.state === 'SUCCEEDED')).toHaveLength(1);
  });

  test('a run that was asked for is taken by the worker that gets its job, once', async () => {
    const dependencies = await runDependencies(db.database());
    const now = new Date();
    const claim = {
      sourceId: 'stand-in',
      trigger: 'request',
      worker: WAITING_WORKER,
      me: dependencies.me,
      now,
    } as const;
    const { runId } = await claimRun(db.em(), claim);
    const scheduled = await runSource(dependencies, request());
    expect(scheduled).toMatchObject({ runId, state: 'BUSY' });
    const taken = await runSource(dependencies, request(standInSource(pagesOf()), { runId }));
    expect(taken).toMatchObject({ runId, state: 'SUCCEEDED' });
    const again = await runSource(dependencies, request(standInSource(pagesOf()), { runId }));
    expect(again).toMatchObject({ runId, state: 'ENDED' });
    expect(await all('select id from sync_run')).toEqual([{ id: runId }]);
  });

  const leftBehind = async (
    worker: string,
    heartbeatAgeMs: number,
    over = { source: 'stand-in', trigger: 'schedule' },
  ) => {
    const heartbeat = new Date(Date.now() - heartbeatAgeMs).toISOString();
    await db.em().execute(
      `insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
       values (?, ?, 'RUNNING', ?, ?, ?)`,
      [over.source, over.trigger, worker, heartbeat, heartbeat],
    );
  };
  const deadWorker = async () => (await createWorkerIdentity()).name.replace(/ \d+ /, ' 4194300 ');

  const leftRuns: Array<[string, () => Promise<[worker: string, ageMs: number]>]> = [
    ['elsewhere that was silent for over a minute', async () => ['other-host 7 mark', 61_000]],
    ['of this machine that is gone', async () => [await deadWorker(), 1_000]],
    ['that never was, for a minute', async () => [WAITING_WORKER, 61_000]],
    ['of this process that does not have it any more', async () => [(await createWorkerIdentity()).name, 11_000]],
  ];
  test.each(leftRuns)('a run of a worker %s is failed, and the next begins', async (_name, left) => {
    const [worker, ageMs] = await left();
    await leftBehind(worker, ageMs);
    const outcome = await runSource(await runDependencies(db.database()), request());
    expect(outcome.state).toBe('SUCCEEDED');
    expect(await all('select state, error_code, error_retryable from sync_run order by id limit 1')).toEqual([
      { state: 'FAILED', error_code: 'UNAVAILABLE', error_retryable: true },
    ]);
  });

  test.each([
    ['elsewhere that was heard of', 'other-host 7 mark'],
    ['that is awaited', WAITING_WORKER],
  ])('a run of a worker %s within the minute goes on, and who meets it comes again', async (_name, worker) => {
    await leftBehind(worker, 50_000);
    await expect(runSource(await runDependencies(db.database()), request())).resolves.toMatchObject({ state: 'BUSY' });
  });

  test('only a read that goes on just now counts for who wanted to read', async () => {
    await leftBehind('other-host 7 mark', 1_000);
    const dependencies = await runDependencies(db.database());
    await expect(runSource(dependencies, request())).resolves.toMatchObject({ state: 'JOINED' });
    await all(`update sync_run set trigger = 'replay'`);
    await expect(runSource(dependencies, request())).resolves.toMatchObject({ state: 'BUSY' });
  });

  test.each(['request', 'backfill', 'replay'])(
    'what a worker that is gone had of a %s waits for another, and only then for no longer than a minute',
    async (trigger) => {
      await leftBehind(await deadWorker(), 1_000, { source: 'stand-in', trigger });
      const { me } = await runDependencies(db.database());
      const settle = (ms: number) => settleVanishedRuns(db.em(), me, new Date(Date.now() + ms));
      expect(await settle(0)).toEqual([]);
      expect(await all('select state, worker from sync_run')).toEqual([{ state: 'RUNNING', worker: RETURNED_WORKER }]);
      expect(await settle(59_000)).toEqual([]);
      expect(await settle(61_000)).toHaveLength(1);
      expect(await all('select state, error_message as said from sync_run')).toEqual([
        { state: 'FAILED', said: expect.stringMatching(/no other took the run within 60 s.*ask for it again/) },
      ]);
    },
  );

  test('a worker that wakes after another has taken its run stores nothing more and leaves the record alone', async () => {
    const { me } = await runDependencies(db.database());
    const claim = { sourceId: 'stand-in', trigger: 'backfill', worker: WAITING_WORKER, me, now: new Date() } as const;
    const { runId } = await claimRun(db.em(), claim);
    const source = standInSource(async function* () {
      yield page([deployment('01', ['VNPT'])]);
      await all(`update sync_run set worker = 'other-host 7 mark'`);
      yield page([deployment('04', ['VNPT'])]);
    });
    const outcome = await runSource(await runDependencies(db.database()), request(source, { runId }));
    expect(outcome).toMatchObject({ state: 'CANCELLED' });
    expect(await all('select state, worker, accepted from sync_run')).toEqual([
      { state: 'RUNNING', worker: 'other-host 7 mark', accepted: 1 },
    ]);
  });

  test('a run that waits has patience while workers are busy, and none once one has room', async () => {
    await leftBehind(WAITING_WORKER, 600_000, { source: 'stand-in', trigger: 'request' });
    await leftBehind('other-host 7 mark', 1_000, { source: 'other', trigger: 'schedule' });
    const { me } = await runDependencies(db.database());
    const settle = (who: object) => settleVanishedRuns(db.em(), { ...me, ...who }, new Date());
    expect(await settle({})).toEqual([]);
    expect(await settle({ active: new Set([7]), capacity: 1 })).toEqual([]);
    expect(await settle({ active: new Set([7]), capacity: 2 })).toHaveLength(1);
  });

  test('a run that waits is given up after a minute where no worker is heard of', async () => {
    await leftBehind(WAITING_WORKER, 61_000, { source: 'stand-in', trigger: 'request' });
    await leftBehind('other-host 7 mark', 61_000, { source: 'other', trigger: 'schedule' });
    const { me } = await runDependencies(db.database());
    expect(await settleVanishedRuns(db.em(), me, new Date(), 'stand-in')).toHaveLength(1);
  });
});
