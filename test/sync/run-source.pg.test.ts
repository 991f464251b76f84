import { describe, expect, test } from '@jest/globals';
import { ConnectorError } from '../../connectors/kit/connector-error.ts';
import { findRun } from '../../src/sync/run-record.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { deployment, page, pagesOf, runDependencies, standInSource } from './stand-in.ts';
import { useRuns } from './use-runs.ts';

const { all, db, request } = useRuns();

describe('a run', () => {
  test('stores page by page, with counts, checkpoint and the state that follows', async () => {
    const source = standInSource(
      pagesOf(
        page([deployment('01', ['VNPT']), deployment('04', ['VNPT'])], { checkpoint: { page: 1 } }),
        page([deployment('08', ['VNPT'])], { checkpoint: { page: 2 }, requests: 2 }),
      ),
    );
    const outcome = await runSource(await runDependencies(db.database()), request(source));
    const counts = { asked: 3, read: 3, accepted: 3, unchanged: 0, rejected: 0, changes: 3 };
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', failure: null, counts });
    expect(await findRun(db.em(), outcome.runId)).toMatchObject({ state: 'SUCCEEDED', counts, trigger: 'schedule' });
    expect(await all('select state from checkpoint')).toEqual([{ state: { page: 2 } }]);
    expect(await all('select id from deployment order by id')).toEqual([
      { id: '01:TTHC' },
      { id: '04:TTHC' },
      { id: '08:TTHC' },
    ]);
  });

  test('says how far it has got where its connector knows, and keeps that while it does not', async () => {
    const told: unknown[] = [];
    const dependencies = await runDependencies(db.database(), {
      onProgress: ({ read }, percent) => told.push([read, percent]),
    });
    const source = standInSource(async function* () {
      yield page([deployment('01', ['VNPT'])]);
      yield page([deployment('04', ['VNPT'])], { progress: { done: 1, total: 3 } });
      yield page([deployment('08', ['VNPT'])]);
      throw ConnectorError.of('system', 'It broke.');
    });
    const { runId } = await runSource(dependencies, request(source));
    expect(told).toEqual([
      [1, undefined],
      [2, 33.3],
      [3, 33.3],
    ]);
    expect(await findRun(db.em(), runId)).toMatchObject({ percent: 33.3 });
  });

  test('that says the same again changes nothing', async () => {
    const dependencies = await runDependencies(db.database());
    const source = standInSource(pagesOf(page([deployment('01', ['VNPT'])])));
    await runSource(dependencies, request(source));
    const again = await runSource(dependencies, request(source));
    expect(again.counts).toMatchObject({ accepted: 0, unchanged: 1, changes: 0 });
  });

  test('is given the checkpoints that earlier runs left', async () => {
    const dependencies = await runDependencies(db.database());
    await runSource(dependencies, request(standInSource(pagesOf(page([], { checkpoint: { day: 27 } })))));
    let given: unknown;
    const source = standInSource(async function* (context) {
      given = context.checkpoints;
      yield* [];
    });
    await runSource(dependencies, request(source));
    expect(given).toEqual({ systems: { day: 27 } });
  });

  test('keeps a record that breaks a promise with its reason, and the rest of the page goes on', async () => {
    const bad = deployment('99', ['VNPT']);
    const fromConnector = {
      stream: 'systems',
      reason: 'status: expected string',
      path: 'content[3].status',
      record: { ma: '01\0', trangThai: 7 },
      contractVersion: '3',
    };
    const source = standInSource(pagesOf(page([bad, deployment('01', ['VNPT'])], { rejections: [fromConnector] })));
    const outcome = await runSource(await runDependencies(db.database()), request(source));
    expect(outcome).toMatchObject({ state: 'PARTIAL', counts: { accepted: 1, rejected: 2 } });
    expect(await all('select source_id, stream, reason, path, contract_version from rejection order by id')).toEqual([
      expect.objectContaining({ reason: 'status: expected string', path: 'content[3].status' }),
      {
        source_id: 'stand-in',
        stream: 'systems',
        reason: 'unknown province "99"',
        path: 'key.province',
        contract_version: '3',
      },
    ]);
  });

  test('lets each voice of the source speak for itself, and disagree', async () => {
    const source = standInSource(
      pagesOf(page([deployment('01', ['VNPT']), deployment('01', ['FPT'], { voice: 'summary' })])),
    );
    await runSource(await runDependencies(db.database()), request(source));
    expect(await all('select source_id from observation order by source_id')).toEqual([
      { source_id: 'stand-in' },
      { source_id: 'stand-in-summary' },
    ]);
    expect(await all('select vendor_codes, conflicted from deployment')).toEqual([
      { vendor_codes: ['VNPT'], conflicted: ['vendors'] },
    ]);
  });

  test('counts an observation without a time as made when the domain asked', async () => {
    const domainNow = new Date('2025-06-26T05:15:00Z');
    const asked = page([deployment('01', ['VNPT'], { observedAt: null })], { domainRequestedAt: domainNow });
    await runSource(await runDependencies(db.database()), request(standInSource(pagesOf(asked))));
    expect(await all('select observed_from from observation')).toEqual([{ observed_from: domainNow }]);
  });

  test('keeps measurements', async () => {
    const measured = {
      class: 'measurement',
      kind: 'serviceHealth',
      key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
      measuredAt: new Date('2025-06-27T01:00:00Z'),
      values: { uptimePercent: 99.5, cpuPercent: 40, memoryPercent: 50, trafficMbps: 10, alerts: 0 },
    } as const;
    const outcome = await runSource(
      await runDependencies(db.database()),
      request(standInSource(pagesOf(page([measured]), page([measured])))),
    );
    expect(outcome.counts).toMatchObject({ accepted: 1, unchanged: 1 });
  });

  test('with a complete snapshot turns stale what the snapshot does not name', async () => {
    const dependencies = await runDependencies(db.database());
    await runSource(dependencies, request(standInSource(pagesOf(page([deployment('01', ['VNPT'])])))));
    const snapshotComplete = { stream: 'systems', startedAt: new Date(), kinds: ['deployment' as const] };
    const next = standInSource(pagesOf(page([deployment('04', ['VNPT'])], { snapshotComplete })));
    await runSource(dependencies, request(next));
    expect(await all('select id, stale_since is not null as stale from deployment order by id')).toEqual([
      { id: '01:TTHC', stale: true },
      { id: '04:TTHC', stale: false },
    ]);
  });

  test('that had to reject a record takes nothing for absent: what is broken is there', async () => {
    const dependencies = await runDependencies(db.database());
    await runSource(dependencies, request(standInSource(pagesOf(page([deployment('01', ['VNPT'])])))));
    for (const nth of [1, 2, 3, 4]) {
      const snapshotComplete = { stream: 'systems', startedAt: new Date(), kinds: ['deployment' as const] };
      const [bad, good] = [deployment('99', ['VNPT']), deployment('04', ['VNPT'])];
      // By the connector's contract at times, by the hub's own codes at others, on a page before the last.
      const rejected = nth % 2 ? page([bad]) : page([], { rejections: [{ ...REJECTED, record: { nth } }] });
      await runSource(dependencies, request(standInSource(pagesOf(rejected, page([good], { snapshotComplete })))));
    }
    expect(await all('select id, stale_since from deployment order by id')).toEqual([
      { id: '01:TTHC', stale_since: null },
      { id: '04:TTHC', stale_since: null },
    ]);
    expect(await all('select count(*)::int as open from rejection where settled_at is null')).toEqual([{ open: 3 }]);
  });

  test('with a complete snapshot settles what its stream rejected before, and no other', async () => {
    const dependencies = await runDependencies(db.database());
    const rejections = [REJECTED, { ...REJECTED, stream: 'others' }];
    await runSource(dependencies, request(standInSource(pagesOf(page([], { rejections })))));
    const snapshotComplete = { stream: 'systems', startedAt: new Date(), kinds: ['deployment' as const] };
    const whole = standInSource(pagesOf(page([deployment('04', ['VNPT'])], { snapshotComplete })));
    const { runId } = await runSource(dependencies, request(whole));
    expect(await all('select stream, settled_by_run as run from rejection order by stream')).toEqual([
      { stream: 'others', run: null },
      { stream: 'systems', run: runId },
    ]);
  });
});

const REJECTED = { stream: 'systems', reason: 'status: expected string', record: { ma: '01' }, contractVersion: '3' };

describe('a run that breaks off', () => {
  const brokenAfterOnePage = (error: unknown) =>
    standInSource(async function* () {
      yield page([deployment('01', ['VNPT'])], { checkpoint: { page: 1 } });
      throw error;
    });

  test('keeps what it stored, and says why in words for people', async () => {
    const error = ConnectorError.of('configuration', 'The key is refused. Set KHCN_KEY.', 'HTTP 401');
    const outcome = await runSource(await runDependencies(db.database()), request(brokenAfterOnePage(error)));
    expect(await findRun(db.em(), outcome.runId)).toMatchObject({
      state: 'FAILED',
      counts: { accepted: 1 },
      failure: { code: 'UPSTREAM_CONFIGURATION', message: 'The key is refused. Set KHCN_KEY.', retryable: false },
    });
    expect(await all('select state from checkpoint')).toEqual([{ state: { page: 1 } }]);
  });

  test('by a mistake of ours says nothing of its inside', async () => {
    const error = new Error('select * from secret');
    const outcome = await runSource(await runDependencies(db.database()), request(brokenAfterOnePage(error)));
    expect(outcome.failure).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(outcome.failure?.message).not.toContain('secret');
  });

  // It does not even heed the signal.
  const endless = (onPage: () => void) =>
    standInSource(async function* () {
      yield page([deployment('01', ['VNPT'])]);
      onPage();
      await new Promise(() => {});
    });

  test('by a stop is CANCELLED', async () => {
    const stop = new AbortController();
    const source = endless(() => stop.abort());
    const outcome = await runSource(await runDependencies(db.database()), request(source, { signal: stop.signal }));
    expect(outcome).toMatchObject({ state: 'CANCELLED', counts: { accepted: 1 }, failure: { code: 'CANCELLED' } });
  });

  test('by its time budget is PARTIAL, and the next goes on', async () => {
    const dependencies = await runDependencies(db.database(), { timeBudgetMs: 50 });
    const outcome = await runSource(dependencies, request(endless(() => {})));
    expect(outcome).toMatchObject({ state: 'PARTIAL', failure: { code: 'TIMEOUT', retryable: true } });
  });

  test('by the time budget that its source is configured with', async () => {
    const source = standInSource(
      async function* () {
        yield page([deployment('01', ['VNPT'])]);
        await new Promise(() => {});
      },
      { config: { timeBudgetMs: 100 } },
    );
    const outcome = await runSource(await runDependencies(db.database()), request(source));
    expect(outcome).toMatchObject({
      state: 'PARTIAL',
      failure: { message: expect.stringMatching(/longer than 0.1 s/) },
    });
  });

  test('because it was given up meanwhile stores nothing more', async () => {
    const source = standInSource(async function* () {
      yield page([deployment('01', ['VNPT'])]);
      await db.em().execute(`update sync_run set state = 'FAILED' where state = 'RUNNING'`);
      yield page([deployment('04', ['VNPT'])], { checkpoint: { page: 2 } });
    });
    const outcome = await runSource(await runDependencies(db.database()), request(source));
    expect(outcome).toMatchObject({ state: 'CANCELLED', failure: { message: expect.stringMatching(/given up/) } });
    expect(await all('select id from deployment')).toEqual([{ id: '01:TTHC' }]);
    expect(await all('select * from checkpoint')).toEqual([]);
    expect(await verifyState(db.em())).toEqual({ differences: 0, wrongHeads: 0 });
  });
});
