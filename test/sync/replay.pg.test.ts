import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AnswerBody } from '../../connectors/kit/http/answer-body.ts';
import { createSharedState, type SharedState } from '../../connectors/kit/shared-state.ts';
import { loadReference } from '../../seeds/reference.ts';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { keepRawAnswer } from '../../src/sync/raw/keep-raw-answer.ts';
import { MAX_KEPT_ANSWER_BYTES } from '../../src/sync/raw/raw-limits.ts';
import { storedAnswers } from '../../src/sync/raw/stored-answers.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { replayRejections } from '../../src/sync/replay-rejections.ts';
import { replayRun } from '../../src/sync/replay-run.ts';
import { findRun } from '../../src/sync/run-record.ts';
import { type RunDependencies, runSource } from '../../src/sync/run-source.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { sweepStaleness } from '../../src/unify/staleness.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../connectors/support/scripted-server.ts';
import { useDatabase } from '../support/database.ts';
import { type Mending, mendableSource, type SystemRecord } from './mendable-source.ts';
import { deployment, page, runDependencies, standInSource } from './stand-in.ts';

const db = useDatabase();
const never = new AbortController().signal;
const all = (sql: string) => db.em().execute(sql);
const OLD: Mending = { version: '1', codes: { '1': 'READY' } };
const MENDED: Mending = { version: '2', codes: { '1': 'READY', '2': 'OPERATING' }, isLenient: true };
const DAY_MS = 86_400_000;

let server: ScriptedServer;
let shared: SharedState;
let answers: Record<string, ScriptedAnswer>;
let now: Date;

const systems = (...records: SystemRecord[]): ScriptedAnswer => ({ body: { systems: records } });
const source = (mending: Mending, over = {}) => mendableSource(server.baseUrl, mending, over);
const dependencies = (over: Partial<RunDependencies> = {}) =>
  runDependencies(db.database(), {
    shared,
    clock: { now: () => now },
    domainClock: { now: () => now },
    raw: { keptMs: 3 * DAY_MS, maxSourceBytes: 2 ** 30 },
    ...over,
  });
const read = async (mending: Mending, over = {}) =>
  runSource(await dependencies(), { source: source(mending), trigger: 'schedule', signal: never, ...over });
const replay = async (mending: Mending, over = {}) =>
  replayRun(await dependencies(), { source: source(mending), trigger: 'replay', signal: never, ...over });
const retry = async (mending: Mending, over = {}) =>
  replayRejections(await dependencies(), { source: source(mending), signal: never, ...over });
const pass = (ms: number): void => {
  now = new Date(now.getTime() + ms);
};
const statuses = () => all('select province_code as province, status from deployment order by 1');

beforeAll(async () => {
  await loadReference(db.em());
  await registerSources(db.em(), [mendableSource('http://127.0.0.1', OLD).definition], {
    simulated: true,
    now: new Date(),
  });
});
beforeEach(async () => {
  await all(`truncate observation, deployment, change, conflict, sync_run, rejection, checkpoint, source_notice,
    raw_answer, raw_answer_part`);
  await all('update source set ttl_seconds = null');
  now = new Date('2025-06-27T05:15:00Z');
  answers = { '/later': systems() };
  server = await startScripted((_nth, { url = '' }) => answers[url] ?? { status: 404 });
  shared = createSharedState();
});
afterEach(async () => {
  shared.close();
  await server.stop();
});

describe('a raw answer', () => {
  test('is kept once while it stays the same, and again when it is another', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    for (let nth = 0; nth < 3; nth += 1) {
      await read(OLD);
      pass(5_000);
    }
    answers['/systems'] = systems({ province: '01', status: '1' }, { province: '04', status: '1' });
    await read(OLD);
    const kept = await all(`select request->>'path' as path, is_kept, bytes > 0 and kept_bytes > 0 as full,
      extract(epoch from last_seen_at - first_seen_at)::int as seconds from raw_answer where stream = 'systems' order by id`);
    expect(kept).toEqual([
      { path: '/systems', is_kept: true, full: true, seconds: 10 },
      { path: '/systems', is_kept: true, full: true, seconds: 0 },
    ]);
  });

  test('comes back to the letter, as of its first time and its last', async () => {
    answers['/systems'] = systems({ province: '01', status: 'Đã sẵn sàng' });
    await read(OLD);
    pass(60_000);
    await read(OLD);
    const selection = { sourceId: 'mendable', stream: 'systems', isLastOnly: false };
    const found: unknown[] = [];
    for await (const { headers, body, requestedAt, domainRequestedAt } of storedAnswers(db.database(), selection)) {
      expect(headers['content-type']).toBe('application/json');
      expect(domainRequestedAt).toEqual(requestedAt);
      found.push([requestedAt.toISOString(), JSON.parse((await body.buffer()).toString())]);
    }
    const body = { systems: [{ province: '01', status: 'Đã sẵn sàng' }] };
    expect(found).toEqual([
      ['2025-06-27T05:15:00.000Z', body],
      ['2025-06-27T05:16:00.000Z', body],
    ]);
  });

  test('of many megabytes goes in parts and comes back whole', async () => {
    const content = Buffer.from(
      Array.from({ length: 400_000 }, (_, nth) => `${nth};${(nth * 7919) % 104_729}\n`).join(''),
    );
    const raw = { request: { method: 'GET', path: '/big' }, headers: {}, body: AnswerBody.of(content) } as const;
    const context = {
      sourceId: 'mendable',
      runId: 1,
      stream: 'big',
      now,
      domainRequestedAt: now,
      keptMs: 1,
      secrets: [],
    };
    await db.em().transactional((em) => keepRawAnswer(em as never, { raw, hash: 'h' }, context));
    const [{ parts } = { parts: 0 }] = await all('select count(*)::int as parts from raw_answer_part');
    expect(parts).toBeGreaterThan(1);
    const selection = { sourceId: 'mendable', stream: 'big', isLastOnly: true };
    for await (const { body } of storedAnswers(db.database(), selection)) {
      expect((await body.buffer()).equals(content)).toBe(true);
    }
  });

  test('that is too large is noted and not kept; no credential is kept with a request', async () => {
    const body = { ...AnswerBody.of(''), bytes: MAX_KEPT_ANSWER_BYTES + 1 } as unknown as AnswerBody;
    const raw = { request: { method: 'GET', path: '/big', query: { key: 'hush' } }, headers: {}, body } as const;
    const context = { sourceId: 'mendable', runId: 1, stream: 'big', now, domainRequestedAt: now, keptMs: 1 };
    await db
      .em()
      .transactional((em) => keepRawAnswer(em as never, { raw, hash: 'h' }, { ...context, secrets: ['hush'] }));
    expect(await all('select is_kept, kept_bytes, request from raw_answer')).toEqual([
      { is_kept: false, kept_bytes: 0, request: { method: 'GET', path: '/big', query: { key: '[removed]' } } },
    ]);
  });

  test('is not kept where nobody wants it, and goes when its time is over or its source keeps too much', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    await read(OLD, { source: source(OLD, { keepRawFor: 0 }) });
    expect(await all('select 1 from raw_answer')).toEqual([]);
    await read(OLD);
    pass(2 * DAY_MS);
    answers['/systems'] = systems({ province: '01', status: '2' });
    await read(OLD);
    expect(await keepHouse(db.em(), now)).toMatchObject({ rawAnswers: 0 });
    pass(DAY_MS);
    expect(await keepHouse(db.em(), now)).toMatchObject({ rawAnswers: 1 });
    expect(await all('select request from raw_answer where first_seen_at = last_seen_at and bytes > 20')).toHaveLength(
      1,
    );
    expect(await keepHouse(db.em(), now, 1)).toMatchObject({ rawAnswers: 2 });
    expect(await all('select 1 from raw_answer_part')).toEqual([]);
  });
});

describe('a replay', () => {
  test('lets a mended mapping say of the same moment what the old one could not', async () => {
    answers['/systems'] = systems(
      { province: '01', status: '2', at: '2025-06-27T01:00:00Z' },
      { province: '04', status: '2' },
    );
    await read(OLD);
    pass(60_000);
    await read(OLD);
    expect(await statuses()).toEqual([
      { province: '01', status: 'UNMAPPED' },
      { province: '04', status: 'UNMAPPED' },
    ]);
    const before = await all('select * from checkpoint order by stream');
    const asked = server.requests.length;
    pass(60_000);
    const outcome = await replay(MENDED);
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', failure: null, counts: { asked: 0, rejected: 0 } });
    expect(await statuses()).toEqual([
      { province: '01', status: 'OPERATING' },
      { province: '04', status: 'OPERATING' },
    ]);
    expect(server.requests).toHaveLength(asked);
    expect(await all('select * from checkpoint order by stream')).toEqual(before);
    expect(await findRun(db.em(), outcome.runId)).toMatchObject({ trigger: 'replay', state: 'SUCCEEDED' });
    expect(await verifyState(db.em())).toEqual({ differences: 0, wrongHeads: 0 });
  });

  test('changes nothing the second time, and the next read by the mended mapping goes on from it', async () => {
    answers['/systems'] = systems({ province: '01', status: '2', at: '2025-06-27T01:00:00Z' });
    await read(OLD);
    await replay(MENDED);
    const log = await all('select count(*) from change');
    const kept = await all(
      'select id, attributes, observed_from, observed_until, seen_at from observation order by id',
    );
    expect((await replay(MENDED)).counts).toMatchObject({ accepted: 0, changes: 0 });
    expect(
      await all('select id, attributes, observed_from, observed_until, seen_at from observation order by id'),
    ).toEqual(kept);
    expect((await read(MENDED)).counts).toMatchObject({ accepted: 0, changes: 0 });
    expect(await all('select count(*) from change')).toEqual(log);
  });

  test('leaves alone what was said since, and makes nothing look alive', async () => {
    answers['/systems'] = systems({ province: '01', status: '2' }, { province: '04', status: '1' });
    await read(OLD);
    pass(60_000);
    answers['/systems'] = systems({ province: '01', status: '1' }, { province: '04', status: '1' });
    await read(OLD);
    const seen = await all(`select entity_id, seen_at from observation where head order by 1`);
    pass(DAY_MS);
    await replay(MENDED);
    expect(await statuses()).toEqual([
      { province: '01', status: 'READY' },
      { province: '04', status: 'READY' },
    ]);
    expect(await all(`select entity_id, seen_at from observation where head order by 1`)).toEqual(seen);
    const past = await all(`select attributes->>'status' as status from observation
      where entity_id = '01:TTHC' and observed_from = '2025-06-27T05:15:00Z' order by revision`);
    expect(past).toEqual([{ status: 'UNMAPPED' }, { status: 'OPERATING' }]);
  });

  test.each([
    ['that says the same', OLD, ['READY']],
    [
      'that says something else',
      { ...OLD, version: '2', codes: { '1': 'OPERATING' } } satisfies Mending,
      ['OPERATING'],
    ],
  ])('leaves stale what has turned stale, by a mapping %s', async (_case, mending, told) => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    await all('update source set ttl_seconds = 3600');
    await read(OLD);
    pass(DAY_MS);
    await db.em().transactional((em) => sweepStaleness(em, { now }));
    const fresh = () => all('select id from deployment where stale_since is null');
    expect(await fresh()).toEqual([]);
    await replay(mending);
    expect(await fresh()).toEqual([]);
    expect((await statuses()).map(({ status }) => status)).toEqual(told);
    expect(await all('select entity_id from observation where head and not retracted and not stale')).toEqual([]);
    const log = await all('select count(*) from change');
    await db.em().transactional((em) => sweepStaleness(em, { now }));
    expect(await all('select count(*) from change')).toEqual(log);
  });

  test('keeps a rejection once, however often it is read anew', async () => {
    answers['/systems'] = systems({ province: '01' });
    await read(OLD);
    const outcome = await replay(OLD);
    expect(outcome).toMatchObject({ state: 'PARTIAL', counts: { rejected: 1 } });
    expect(await all('select count(*)::int from rejection')).toEqual([{ count: 1 }]);
  });

  test('reads only the stream and the time that it is told to, and says where nothing is kept', async () => {
    answers['/systems'] = systems({ province: '01', status: '2' });
    await read(OLD);
    const tomorrow = new Date(now.getTime() + DAY_MS);
    expect((await replay(MENDED, { since: tomorrow })).counts.read).toBe(0);
    expect((await replay(MENDED, { stream: 'later' })).counts.read).toBe(0);
    expect((await replay(MENDED, { stream: 'systems', until: tomorrow })).counts.read).toBe(1);
    await all('truncate raw_answer, raw_answer_part');
    expect(await replay(MENDED)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'NOT_FOUND', message: expect.stringMatching(/No answer of mendable is kept.*RAW_KEPT_DAYS/) },
    });
  });
});

describe('rejections that are tried again', () => {
  test('are settled where the mended contract takes them, as of when they were rejected; others get the reason of today', async () => {
    answers['/systems'] = systems({ province: '01' }, { province: '04', status: 7 as never });
    await read(OLD);
    pass(DAY_MS);
    const outcome = await retry(MENDED);
    expect(outcome).toMatchObject({ state: 'PARTIAL', counts: { read: 2, accepted: 1, rejected: 1 } });
    expect(await statuses()).toEqual([{ province: '01', status: 'READY' }]);
    expect(await all('select observed_from from observation')).toEqual([
      { observed_from: new Date('2025-06-27T05:15:00Z') },
    ]);
    expect(await all('select path, contract_version, settled_at, settled_by_run from rejection order by id')).toEqual([
      { path: 'status', contract_version: '1', settled_at: now, settled_by_run: outcome.runId },
      { path: 'status', contract_version: '2', settled_at: null, settled_by_run: null },
    ]);
    const again = await retry(MENDED);
    expect(again.counts).toMatchObject({ read: 1, accepted: 0, rejected: 1, changes: 0 });
  });

  test('are only those that are asked for', async () => {
    answers['/systems'] = systems({ province: '01' }, { province: '04' });
    await read(OLD);
    const [first] = (await all('select id from rejection order by id')) as [{ id: number }];
    expect(await retry(MENDED, { ids: [first.id] })).toMatchObject({
      state: 'SUCCEEDED',
      counts: { read: 1, accepted: 1 },
    });
    // Known before it begins, so that it can say how far it has got.
    expect(await all(`select total, percent from sync_run where trigger = 'replay'`)).toEqual([
      { total: 1, percent: 100 },
    ]);
    expect(await statuses()).toEqual([{ province: '01', status: 'READY' }]);
  });

  test('are taken too where it was the hub that did not know what they are about', async () => {
    answers['/systems'] = systems({ province: '99', status: '1', at: '2025-06-27T01:00:00Z' });
    expect(await read(OLD)).toMatchObject({ state: 'PARTIAL', counts: { rejected: 1 } });
    await all(
      `insert into province select (jsonb_populate_record(p, '{"code": "99"}')).* from province p where code = '01'`,
    );
    expect(await retry(OLD)).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
    expect(await statuses()).toEqual([{ province: '99', status: 'READY' }]);
    await all(`delete from province where code = '99'`);
  });

  test('say of a record that was cut that only its answer can be replayed', async () => {
    answers['/systems'] = systems({ province: 'x'.repeat(20_000) });
    await read(OLD);
    expect(await retry(MENDED)).toMatchObject({ counts: { rejected: 1, accepted: 0 } });
    expect(await all('select reason from rejection')).toEqual([
      { reason: expect.stringMatching(/replay the stored answers/) },
    ]);
  });
});

describe('a run', () => {
  test('that reads back gives its connector the range, and leaves checkpoints and snapshots alone', async () => {
    const range = { from: new Date('2025-06-20T00:00:00Z'), to: new Date('2025-06-21T00:00:00Z') };
    const snapshotComplete = { stream: 'systems', startedAt: now, kinds: ['deployment'] } as const;
    const given: unknown[] = [];
    const ranged = standInSource(async function* (context) {
      given.push(context.range, context.checkpoints);
      yield page([deployment('01', ['VNPT'])], { checkpoint: { day: 20 }, snapshotComplete });
    });
    await all(`insert into observation (kind, entity_id, source_id, stream, facet, observed_from, observed_until, attributes,
        retracted, recorded_at, until_recorded_at, seen_at, head, evidence)
      select 'deployment', '04:TTHC', 'mendable', 'systems', 'vendors', at, at, '{"vendors": ["VNPT"]}', false, at, at, at,
        true, '{}' from (select timestamptz '2025-06-01' as at) as t`);
    await all(
      `insert into checkpoint (source_id, stream, state, updated_at) values ('mendable', 'systems', '{"day": 27}', now())`,
    );
    const definition = { ...ranged.definition, id: 'mendable' };
    const outcome = await read(OLD, { source: { ...ranged, definition }, trigger: 'backfill', range });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
    expect(given).toEqual([range, {}]);
    expect(await all('select state from checkpoint')).toEqual([{ state: { day: 27 } }]);
    expect(await all('select 1 from observation where absent_since is not null')).toEqual([]);
  });

  test('that is to read back what tells only of now says so', async () => {
    const range = { from: new Date('2025-06-20T00:00:00Z'), to: new Date('2025-06-21T00:00:00Z') };
    expect(await read(OLD, { trigger: 'backfill', range })).toMatchObject({
      state: 'FAILED',
      failure: { code: 'UPSTREAM_CONFIGURATION', message: expect.stringMatching(/nothing of it can be read back/) },
    });
  });

  test('that meets a rate limit keeps what it has, and the next goes on', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    answers['/later'] = { status: 429 };
    expect(await read(OLD)).toMatchObject({
      state: 'PARTIAL',
      counts: { accepted: 1 },
      failure: { code: 'UPSTREAM_TRANSIENT', retryable: true, message: expect.stringMatching(/limits how often/) },
    });
    answers['/later'] = systems({ province: '04', status: '1' });
    expect(await read(OLD)).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
  });

  test('that is limited before it has anything has failed', async () => {
    answers['/systems'] = { status: 429 };
    answers['/later'] = { status: 429 };
    expect(await read(OLD)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringMatching(/limits how often/) },
    });
  });

  test('shows what it does', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    const { runId } = await read(OLD);
    const [row] = await all(`select stream, pages, bytes > 0 as has_bytes from sync_run where id = ${runId}`);
    expect(row).toEqual({ stream: 'later', pages: 4, has_bytes: true });
  });

  test('notes what drifts, each thing once; what was settled opens again by a newer contract only', async () => {
    answers['/systems'] = systems({ province: '01', status: '8', extra: 1 } as never, { province: '04', status: '9' });
    const drift: unknown[] = [];
    const noted = () =>
      all(`select kind, path, sample, count, contract_version as version, settled_at is null as open
      from source_notice order by kind, sample, path`);
    await runSource(await dependencies({ onDrift: (id, notes) => drift.push([id, notes.length]) }), {
      source: source(OLD),
      trigger: 'schedule',
      signal: never,
    });
    await read(OLD);
    const notice = { count: 2, version: '1', open: true };
    expect(await noted()).toEqual([
      { kind: 'NEW_FIELD', path: 'extra', sample: 'number', ...notice },
      { kind: 'UNMAPPED_CODE', path: 'deployment.status@1', sample: '8', ...notice },
      { kind: 'UNMAPPED_CODE', path: 'deployment.status@1', sample: '9', ...notice },
    ]);
    expect(drift).toEqual([['mendable', 3]]);
    await all('update source_notice set settled_at = now()');
    await read(OLD);
    expect((await noted()).map(({ open }) => open)).toEqual([false, false, false]);
    await read(MENDED);
    // A code that the newer map does not know either is noticed anew, by that map.
    expect((await noted()).map(({ path, sample, open, version }) => [path, sample, open, version])).toEqual([
      ['extra', 'number', true, '2'],
      ['deployment.status@1', '8', false, '1'],
      ['deployment.status@2', '8', true, '2'],
      ['deployment.status@1', '9', false, '1'],
      ['deployment.status@2', '9', true, '2'],
    ]);
    pass(91 * DAY_MS);
    expect(await keepHouse(db.em(), now)).toMatchObject({ notices: 5 });
  });
});
