import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSharedState, type SharedState } from '../../connectors/kit/shared-state.ts';
import { loadReference } from '../../seeds/reference.ts';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { keepRejections, type Rejection } from '../../src/sync/rejections.ts';
import { replayRejections } from '../../src/sync/replay-rejections.ts';
import { replayRun } from '../../src/sync/replay-run.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../connectors/support/scripted-server.ts';
import { useDatabase } from '../support/database.ts';
import { type Mending, mendableSource, type SystemRecord } from './mendable-source.ts';
import { runDependencies } from './stand-in.ts';

const db = useDatabase();
const never = new AbortController().signal;
const all = (sql: string) => db.em().execute(sql);
const OLD: Mending = { version: '1', codes: { '1': 'READY' } };
const NEXT: Mending = { ...OLD, version: '2' };
const MENDED: Mending = { ...OLD, version: '3', isLenient: true };
const BEGIN = new Date('2025-06-27T05:15:00Z');
const after = (ms: number) => new Date(BEGIN.getTime() + ms);

let server: ScriptedServer;
let shared: SharedState;
let answer: ScriptedAnswer;
let now: Date;

const systems = (...records: SystemRecord[]): ScriptedAnswer => ({ body: { systems: records } });
const BAD: SystemRecord = { province: '01' };
const dependencies = () =>
  runDependencies(db.database(), {
    shared,
    clock: { now: () => now },
    domainClock: { now: () => now },
    raw: { keptMs: 86_400_000, maxSourceBytes: 2 ** 30 },
  });
const of = (mending: Mending) => ({ source: mendableSource(server.baseUrl, mending), signal: never });
const read = async (mending: Mending) => runSource(await dependencies(), { ...of(mending), trigger: 'schedule' });
const retry = async (mending: Mending) => replayRejections(await dependencies(), of(mending));
const kept = () =>
  all(`select record->>'province' as province, contract_version as version, count, at, last_at, run_id as run,
    settled_at as settled from rejection order by id`);

beforeAll(async () => {
  await loadReference(db.em());
  const { definition } = mendableSource('http://127.0.0.1', OLD);
  await registerSources(db.em(), [definition], { simulated: true, now: BEGIN });
});
beforeEach(async () => {
  await all(`truncate observation, deployment, change, conflict, sync_run, rejection, checkpoint, source_notice,
    raw_answer, raw_answer_part restart identity`);
  now = BEGIN;
  answer = systems(BAD);
  server = await startScripted((_nth, { url = '' }) => (url === '/systems' ? answer : systems()));
  shared = createSharedState();
});
afterEach(async () => {
  shared.close();
  await server.stop();
});

describe('a bad record that is read again and again', () => {
  test('is kept once, with how often and when it first and last came; each run counts it', async () => {
    for (const ms of [0, 5_000, 10_000]) {
      now = after(ms);
      expect((await read(OLD)).counts.rejected).toBe(1);
    }
    const once = { province: '01', version: '1', count: 3, at: BEGIN, last_at: after(10_000), run: 3, settled: null };
    expect(await kept()).toEqual([once]);
  });

  test('of news is told by the run that first reads it, and again once it was settled', async () => {
    const news = { ...OLD, isNews: true };
    const rejected = async () => {
      const { state, counts } = await read(news);
      return [state, counts.rejected];
    };
    expect(await rejected()).toEqual(['PARTIAL', 1]);
    answer = systems(BAD, { province: '04' });
    expect(await rejected()).toEqual(['PARTIAL', 1]);
    expect(await rejected()).toEqual(['SUCCEEDED', 0]);
    expect(await kept()).toMatchObject([
      { province: '01', count: 3 },
      { province: '04', count: 2 },
    ]);
    await all(`update rejection set settled_at = now() where record->>'province' = '01'`);
    expect(await rejected()).toEqual(['PARTIAL', 1]);
  });

  test('is kept where it is no record at all', async () => {
    answer = { body: { systems: [null] } };
    expect(await read(OLD)).toMatchObject({ state: 'PARTIAL', failure: null, counts: { rejected: 1 } });
    expect((await read(OLD)).counts.rejected).toBe(1);
    expect(await all(`select record, count from rejection`)).toEqual([{ record: null, count: 2 }]);
  });

  test('is kept once where an answer has it twice, beside another that comes first', async () => {
    answer = systems({ province: '04' }, BAD, BAD);
    expect((await read(OLD)).counts.rejected).toBe(3);
    expect(await kept()).toMatchObject([
      { province: '04', count: 1 },
      { province: '01', count: 2 },
    ]);
  });

  test('is another with another contract, until it is tried again by that one', async () => {
    await read(OLD);
    now = after(5_000);
    await read(NEXT);
    expect(await kept()).toMatchObject([
      { version: '1', count: 1 },
      { version: '2', count: 1 },
    ]);
    expect(await retry(NEXT)).toMatchObject({ state: 'PARTIAL', counts: { rejected: 2 } });
    const both = { province: '01', version: '2', count: 2, at: BEGIN, last_at: after(5_000), run: 2, settled: null };
    expect(await kept()).toEqual([both]);
  });

  test('comes again after it was settled: it is open once more, and can be settled once more', async () => {
    await read(OLD);
    expect(await retry(MENDED)).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
    expect(await kept()).toMatchObject([{ count: 1, settled: BEGIN }]);
    now = after(5_000);
    await read(OLD);
    expect(await kept()).toMatchObject([{ count: 2, settled: null, last_at: now }]);
    expect(await all('select settled_by_run from rejection')).toEqual([{ settled_by_run: null }]);
    now = after(10_000);
    expect(await retry(MENDED)).toMatchObject({ state: 'SUCCEEDED', counts: { read: 1 } });
    expect(await kept()).toMatchObject([{ count: 2, settled: now }]);
  });

  test('is not counted by a replay of what is stored, which opens it where it was settled', async () => {
    await read(OLD);
    const replay = async () => replayRun(await dependencies(), { ...of(OLD), trigger: 'replay' });
    expect((await replay()).counts.rejected).toBe(1);
    expect(await kept()).toMatchObject([{ count: 1, settled: null }]);
    await all('update rejection set settled_at = now(), settled_by_run = 1');
    await replay();
    expect(await kept()).toMatchObject([{ count: 2, settled: null }]);
  });

  test('goes ninety days after it last came', async () => {
    await read(OLD);
    now = after(80 * 86_400_000);
    await read(OLD);
    expect(await keepHouse(db.em(), after(100 * 86_400_000))).toMatchObject({ rejections: 0 });
    expect(await keepHouse(db.em(), after(171 * 86_400_000))).toMatchObject({ rejections: 1 });
  });

  test('goes where its source has ten thousand that came later', async () => {
    const { definition } = mendableSource('http://127.0.0.1', OLD);
    await all(`insert into rejection (source_id, stream, reason, record, contract_version, hash, count, at, last_at)
      select '${definition.id}', 'systems', 'x', 'null', '1', n::text, 1, '2025-06-27', timestamptz '2025-06-27' + n * interval '1 second'
      from generate_series(1, 10003) n`);
    expect(await keepHouse(db.em(), after(0))).toMatchObject({ rejections: 3 });
    expect(await all('select min(hash::int) as oldest from rejection')).toEqual([{ oldest: 4 }]);
  });
});

test('writers that keep the same rejections at once, each in its own order, keep them once and count all', async () => {
  const rejection = (province: number): Rejection => ({
    stream: 'push',
    reason: 'no status',
    record: { province },
    contractVersion: '1',
  });
  const provinces = Array.from({ length: 50 }, (_, nth) => nth);
  const orders = Array.from({ length: 8 }, (_, nth) => (nth % 2 ? provinces : provinces.toReversed()));
  await Promise.all(
    orders.map((order, runId) =>
      db
        .em()
        .transactional((em) => keepRejections(em as never, { sourceId: 'mendable', runId, now }, order.map(rejection))),
    ),
  );
  expect(await all('select count, count(*)::int as rows from rejection group by count')).toEqual([
    { count: 8, rows: 50 },
  ]);
});
