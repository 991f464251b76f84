import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { QueryResult } from 'kysely';
import { sql } from 'kysely';
import type { SyncJob } from '../../../src/jobs/job-names.ts';
import { createRequestRun } from '../../../src/jobs/request-run.ts';
import { realClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { toGlobalId } from '../../../src/services/reading/global-id.ts';
import { type OpenReading, openReading } from '../../../src/services/reading/open-reading.ts';
import type { Rights } from '../../../src/services/rights.ts';
import type { SourceActionParts, SourceActionResult } from '../../../src/services/sources/act-on-source.ts';
import { pauseSource, resumeSource } from '../../../src/services/sources/pause.ts';
import { resetCheckpoint } from '../../../src/services/sources/reset-checkpoint.ts';
import { backfillSource, replayRejections, replaySource, syncNow } from '../../../src/services/sources/run-source.ts';
import { settleNotice } from '../../../src/services/sources/settle-notice.ts';
import { createWorkerIdentity } from '../../../src/sync/worker-identity.ts';
import { loadGround } from '../../api/support/june-hub.ts';
import { rightsOf } from '../../api/support/use-api.ts';
import { useDatabase } from '../../support/database.ts';

const store = useDatabase();
const operator = rightsOf('operator');
const FROM = new Date('2025-06-20T00:00:00+07:00');
const TO = new Date('2025-06-27T00:00:00+07:00');
let reading: OpenReading;
let parts: SourceActionParts;
const jobs: SyncJob[] = [];

const db = () => store.em().getKysely();
const rows = async <Row>(query: { execute(of: ReturnType<typeof db>): Promise<QueryResult<Row>> }): Promise<Row[]> =>
  (await query.execute(db())).rows;
const as = (rights: Rights) => reading.begin(rights);
const actions = () =>
  rows<{ source: string; action: string; arguments: object; reason: string; by: string; run: number | null }>(sql`
    select source_id as source, action, arguments, reason, made_by as by, run_id as run from source_action order by id`);
const pausedAt = async (source: string) =>
  (await rows<{ at: Date | null }>(sql`select paused_at as at from source where id = ${source}`))[0]?.at;
const keepAnswer = (source: string, stream: string) =>
  sql`insert into raw_answer (source_id, run_id, stream, request, request_hash, headers, hash, bytes, kept_bytes, is_kept,
    domain_requested_at, domain_last_at, first_seen_at, last_seen_at, until) values (${source}, 1, ${stream}, '{}', 'x',
    '{}', 'x', 0, 0, true, now(), now(), now(), now(), now())`.execute(db());
const running = () =>
  rows<{ id: number; trigger: string }>(sql`select id, trigger from sync_run where state = 'RUNNING' order by id`);

beforeAll(async () => {
  await loadGround(store.database());
  reading = await openReading({ database: store.database(), clock: realClock, domainClock: realClock });
  const queue = {
    add: async (_name: string, job: object) => {
      jobs.push(job as SyncJob);
    },
  };
  const me = await createWorkerIdentity();
  const requestRun = createRequestRun({
    database: store.database(),
    queue,
    clock: realClock,
    logger: silentLogger,
    me,
  });
  parts = { database: store.database(), requestRun };
});
beforeEach(async () => {
  jobs.length = 0;
  await sql`truncate source_action, sync_run, checkpoint, source_notice, raw_answer, raw_answer_part`.execute(db());
  await sql`update source set paused_at = null`.execute(db());
});

type Act = (rights: Rights, reason: string, source?: string) => Promise<SourceActionResult>;
const every: ReadonlyArray<[name: string, act: Act]> = [
  ['PAUSE', (rights, reason, source = 'khcn') => pauseSource(as(rights), { source, reason }, parts)],
  [
    'BACKFILL',
    (rights, reason, source = 'khcn') => backfillSource(as(rights), { source, reason, from: FROM, to: TO }, parts),
  ],
  ['REPLAY', (rights, reason, source = 'khcn') => replaySource(as(rights), { source, reason }, parts)],
  ['REPLAY_REJECTIONS', (rights, reason, source = 'khcn') => replayRejections(as(rights), { source, reason }, parts)],
  ['RESET_CHECKPOINT', (rights, reason, source = 'khcn') => resetCheckpoint(as(rights), { source, reason }, parts)],
];

describe.each(every)('%s', (name, act) => {
  test('is recorded with who and why, and names the run that it began', async () => {
    const result = await act(operator, '  Sửa lỗi đọc.  ');
    expect(result.errors).toEqual([]);
    const [action, ...others] = await actions();
    expect(others).toEqual([]);
    expect(action).toMatchObject({ source: 'khcn', action: name, reason: 'Sửa lỗi đọc.', by: 'operator-key' });
    expect(action?.run).toBe(result.run?.number ?? null);
    expect(result.action).toMatchObject({ action: name, reason: 'Sửa lỗi đọc.', madeBy: 'operator-key' });
    expect(result.source?.code).toBe('khcn');
  });

  test.each([
    ['nobody', rightsOf('anonymous'), 'UNAUTHENTICATED'],
    ['a viewer', rightsOf('viewer'), 'FORBIDDEN'],
    ['a source', rightsOf('source', { sources: ['khcn'] }), 'FORBIDDEN'],
  ])('is not for %s', async (_who, rights, code) => {
    await expect(act(rights, 'x')).rejects.toMatchObject({ code });
    expect(await actions()).toEqual([]);
  });

  test.each([
    ['a key of other sources', rightsOf('operator', { sources: ['vnpt'] }), 'khcn', 'FORBIDDEN', ['source']],
    [
      'a key of one province, for a source of all',
      rightsOf('operator', { provinces: ['14'] }),
      'khcn',
      'FORBIDDEN',
      ['source'],
    ],
    ['a key of another province', rightsOf('operator', { provinces: ['14'] }), 'lgsp-48', 'FORBIDDEN', ['source']],
    ['a source that there is not', operator, 'nobody', 'NOT_FOUND', ['source']],
    ['a voice of another', operator, 'khcn-summary', 'BAD_USER_INPUT', ['source']],
    ['operators themselves', operator, 'operator', 'BAD_USER_INPUT', ['source']],
  ])('refuses %s in the answer, and does nothing', async (_what, rights, source, code, path) => {
    const { errors, action, run } = await act(rights, 'x', source);
    expect(errors).toEqual([{ code, message: expect.any(String), path }]);
    expect({ action, run }).toEqual({ action: null, run: null });
    expect(await actions()).toEqual([]);
    expect(await running()).toEqual([]);
  });

  test('wants a reason', async () => {
    for (const reason of ['', ' \n ', 'x'.repeat(2_001), 'a\0b']) {
      expect((await act(operator, reason)).errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['reason'] }]);
    }
    expect(await actions()).toEqual([]);
    expect(await running()).toEqual([]);
  });

  test('is for a key of its source alone', async () => {
    expect((await act(rightsOf('operator', { provinces: ['14'] }), 'x', 'lgsp-14')).errors).toEqual([]);
    expect(await actions()).toMatchObject([{ source: 'lgsp-14' }]);
  });
});

describe('RUN', () => {
  test('is recorded with who and why, and gives its run', async () => {
    const { run } = await syncNow(as(operator), { source: 'khcn', reason: '  Sửa lỗi đọc.  ' }, parts);
    expect(await actions()).toMatchObject([
      { source: 'khcn', action: 'RUN', reason: 'Sửa lỗi đọc.', by: 'operator-key', run: run.number },
    ]);
  });

  test.each([
    ['nobody', rightsOf('anonymous'), 'khcn', 'x', 'UNAUTHENTICATED'],
    ['a viewer', rightsOf('viewer'), 'khcn', 'x', 'FORBIDDEN'],
    ['a key of other sources', rightsOf('operator', { sources: ['vnpt'] }), 'khcn', 'x', 'FORBIDDEN'],
    ['a key of another province', rightsOf('operator', { provinces: ['14'] }), 'lgsp-48', 'x', 'FORBIDDEN'],
    ['a source that there is not', operator, 'nobody', 'x', 'NOT_FOUND'],
    ['a voice of another', operator, 'khcn-summary', 'x', 'BAD_USER_INPUT'],
    ['a reason that says nothing', operator, 'khcn', ' ', 'BAD_USER_INPUT'],
  ])('throws for %s, and does nothing', async (_what, rights, source, reason, code) => {
    await expect(syncNow(as(rights), { source, reason }, parts)).rejects.toMatchObject({ code });
    expect(await actions()).toEqual([]);
    expect(await running()).toEqual([]);
  });
});

describe('pausing', () => {
  test('holds until it is resumed, which orders a run at once', async () => {
    await pauseSource(as(operator), { source: 'khcn', reason: 'Bảo trì' }, parts);
    expect(await pausedAt('khcn')).toBeInstanceOf(Date);
    const { run, errors } = await resumeSource(as(operator), { source: 'khcn', reason: 'Xong' }, parts);
    expect(errors).toEqual([]);
    expect(await pausedAt('khcn')).toBeNull();
    expect(jobs).toEqual([{ sourceId: 'khcn', trigger: 'request', runId: run?.number }]);
    expect((await actions()).map(({ action }) => action)).toEqual(['PAUSE', 'RESUME']);
  });

  test('by two at once is done by one, and the other is told', async () => {
    const both = await Promise.all(
      ['a', 'b'].map((reason) => pauseSource(as(operator), { source: 'khcn', reason }, parts)),
    );
    expect(both.flatMap(({ errors }) => errors)).toMatchObject([{ code: 'CONFLICT', path: ['source'] }]);
    expect(await actions()).toHaveLength(1);
  });

  test('is not ended where it never began', async () => {
    const { errors } = await resumeSource(as(operator), { source: 'khcn', reason: 'x' }, parts);
    expect(errors).toMatchObject([{ code: 'CONFLICT', message: '"khcn" is not paused.' }]);
    expect(await running()).toEqual([]);
    expect(jobs).toEqual([]);
  });

  test('of one that only sends refuses what it sends, until it is resumed, for which no run is ordered', async () => {
    const paused = await pauseSource(as(operator), { source: 'hapro', reason: 'Gửi nhầm' }, parts);
    expect(paused).toMatchObject({ errors: [], run: null, source: { code: 'hapro' } });
    expect(await pausedAt('hapro')).toBeInstanceOf(Date);
    const resumed = await resumeSource(as(operator), { source: 'hapro', reason: 'Xong' }, parts);
    expect(resumed).toMatchObject({ errors: [], run: null });
    expect(await pausedAt('hapro')).toBeNull();
    expect(await actions()).toMatchObject([
      { source: 'hapro', action: 'PAUSE', run: null },
      { source: 'hapro', action: 'RESUME', run: null },
    ]);
    const again = await resumeSource(as(operator), { source: 'hapro', reason: 'x' }, parts);
    expect(again.errors).toMatchObject([{ code: 'CONFLICT', message: '"hapro" is not paused.' }]);
    expect(jobs).toEqual([]);
    expect(await running()).toEqual([]);
  });

  test('survives that the sources are registered again', async () => {
    await pauseSource(as(operator), { source: 'khcn', reason: 'Bảo trì' }, parts);
    await loadGround(store.database());
    expect(await pausedAt('khcn')).toBeInstanceOf(Date);
  });
});

describe('ordering runs', () => {
  test('a plain one joins the run that is going on, and both are recorded', async () => {
    const both = await Promise.all(
      ['a', 'b'].map((reason) => syncNow(as(operator), { source: 'khcn', reason }, parts)),
    );
    expect(new Set(both.map(({ run }) => run?.number)).size).toBe(1);
    expect(await actions()).toHaveLength(2);
    expect(jobs).toHaveLength(1);
  });

  test.each([
    ['backfill', () => backfillSource(as(operator), { source: 'khcn', reason: 'x', from: FROM, to: TO }, parts)],
    ['replay', () => replaySource(as(operator), { source: 'khcn', reason: 'x' }, parts)],
    ['replay of rejections', () => replayRejections(as(operator), { source: 'khcn', reason: 'x' }, parts)],
  ])('of two at once, one gets the %s and the other is told to wait', async (_what, act) => {
    const both = await Promise.all([act(), act()]);
    expect(both.flatMap(({ errors }) => errors)).toMatchObject([
      { code: 'CONFLICT', message: expect.stringMatching(/^Run \d+ of "khcn" \(a \w+\) is going on/) },
    ]);
    expect(await actions()).toHaveLength(1);
    expect(jobs).toHaveLength(1);
  });

  test('a replay of a stream of which nothing is stored is refused, and says of which something is', async () => {
    const replay = (stream: string) => replaySource(as(operator), { source: 'vnpt', reason: 'x', stream }, parts);
    expect((await replay('system')).errors).toMatchObject([
      { code: 'BAD_USER_INPUT', path: ['stream'], message: expect.stringMatching(/of no stream/) },
    ]);
    await keepAnswer('vnpt', 'systems');
    await keepAnswer('vnpt', 'incidents');
    await keepAnswer('khcn', 'system');
    expect((await replay('system')).errors).toMatchObject([
      { path: ['stream'], message: expect.stringMatching(/"system" .* incidents, systems\.$/) },
    ]);
    expect([await actions(), await running(), jobs]).toEqual([[], [], []]);
    expect((await replay('systems')).errors).toEqual([]);
  });

  test('hands the work over as it was ordered', async () => {
    await keepAnswer('vnpt', 'systems');
    await backfillSource(as(operator), { source: 'khcn', reason: 'x', from: FROM, to: TO }, parts);
    await replaySource(as(operator), { source: 'vnpt', reason: 'x', stream: 'systems', since: FROM }, parts);
    const rejections = [toGlobalId('Rejection', 7), '9'];
    await replayRejections(as(operator), { source: 'dvcqg', reason: 'x', rejections }, parts);
    expect(jobs.map(({ work }) => work)).toEqual([
      { kind: 'backfill', from: FROM.toISOString(), to: TO.toISOString() },
      { kind: 'replay', stream: 'systems', since: FROM.toISOString(), until: null },
      { kind: 'rejections', ids: [7, 9] },
    ]);
    expect((await running()).map(({ trigger }) => trigger)).toEqual(['backfill', 'replay', 'replay']);
  });

  test.each([
    ['a range that ends before it begins', { from: TO, to: FROM }, ['to']],
    ['a range of the future', { from: new Date(Date.now() + 9e6), to: new Date(Date.now() + 9e7) }, ['from']],
  ])('refuses %s', async (_what, range, path) => {
    const { errors } = await backfillSource(as(operator), { source: 'khcn', reason: 'x', ...range }, parts);
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path }]);
    expect(await running()).toEqual([]);
  });

  test('a queue that is away fails the run, and says so', async () => {
    const queue = { add: () => Promise.reject(new Error('no queue')) };
    const me = await createWorkerIdentity();
    const away = createRequestRun({ database: store.database(), queue, clock: realClock, logger: silentLogger, me });
    const ordered = syncNow(as(operator), { source: 'khcn', reason: 'x' }, { requestRun: away });
    await expect(ordered).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await running()).toEqual([]);
  });
});

describe('resetting a checkpoint', () => {
  const keep = (stream: string) =>
    sql`insert into checkpoint (source_id, stream, state, updated_at) values ('khcn', ${stream}, '{"page": 3}', now())`.execute(
      db(),
    );
  const kept = async () =>
    (await rows<{ stream: string }>(sql`select stream from checkpoint order by stream`)).map(({ stream }) => stream);

  test('forgets one stream, or all', async () => {
    await keep('links');
    await keep('readiness');
    await resetCheckpoint(as(operator), { source: 'khcn', reason: 'x', stream: 'links' }, parts);
    expect(await kept()).toEqual(['readiness']);
    await resetCheckpoint(as(operator), { source: 'khcn', reason: 'x' }, parts);
    expect(await kept()).toEqual([]);
    expect((await actions()).map(({ arguments: given }) => given)).toEqual([{ stream: 'links' }, { stream: null }]);
  });

  test('of a stream that there is not names those that there are', async () => {
    await keep('links');
    const { errors } = await resetCheckpoint(as(operator), { source: 'khcn', reason: 'x', stream: 'link' }, parts);
    expect(errors).toMatchObject([{ path: ['stream'], message: expect.stringContaining('links') }]);
    expect(await running()).toEqual([]);
  });

  test('is refused while a run goes on, and says which', async () => {
    await keep('links');
    const { run } = await syncNow(as(operator), { source: 'khcn', reason: 'x' }, parts);
    const { errors } = await resetCheckpoint(as(operator), { source: 'khcn', reason: 'y' }, parts);
    expect(errors).toMatchObject([
      { code: 'CONFLICT', message: expect.stringMatching(new RegExp(`^Run ${run?.number} of "khcn" is going on`)) },
    ]);
    expect(await kept()).toEqual(['links']);
    expect(await actions()).toHaveLength(1);
  });

  test('leaves no run behind, and two at once both do it', async () => {
    await keep('links');
    const both = await Promise.all(
      ['a', 'b'].map((reason) => resetCheckpoint(as(operator), { source: 'khcn', reason }, parts)),
    );
    expect(both.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await running()).toEqual([]);
    expect(await actions()).toHaveLength(2);
  });

  test('keeps a run from beginning until it is done', async () => {
    await keep('links');
    const order = await Promise.allSettled([
      resetCheckpoint(as(operator), { source: 'khcn', reason: 'x' }, parts),
      syncNow(as(operator), { source: 'khcn', reason: 'y' }, parts),
    ]);
    expect(order.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    // Whoever came first: either the checkpoint was gone before the run began, or the run was there and it stayed.
    const [reset] = order as [PromiseFulfilledResult<SourceActionResult>, unknown];
    expect(await kept()).toEqual(reset.value.errors.length > 0 ? ['links'] : []);
    expect(await running()).toHaveLength(1);
  });
});

describe('settling a notice', () => {
  const notice = async (source: string): Promise<string> => {
    const [row] = await rows<{ id: number }>(sql`insert into source_notice
      (source_id, stream, kind, path, sample, count, first_seen_at, last_seen_at, contract_version)
      values (${source}, 'systems', 'UNMAPPED_CODE', 'deployment.status', '9', 3, now(), now(), '1') returning id`);
    return toGlobalId('SourceNotice', row?.id ?? 0);
  };

  test('is recorded with what it was about, once', async () => {
    const id = await notice('vnpt');
    const both = await Promise.all([
      settleNotice(as(operator), { id, reason: 'Đã thêm mã' }, parts),
      settleNotice(as(operator), { id, reason: 'x' }, parts),
    ]);
    expect(both.flatMap(({ errors }) => errors)).toMatchObject([{ code: 'CONFLICT' }]);
    expect(await actions()).toMatchObject([
      { source: 'vnpt', action: 'SETTLE_NOTICE', arguments: { path: 'deployment.status', sample: '9' } },
    ]);
  });

  test('is not for who may not see the source, nor for what is no notice', async () => {
    const id = await notice('vnpt');
    const limited = rightsOf('operator', { provinces: ['14'] });
    expect((await settleNotice(as(limited), { id, reason: 'x' }, parts)).errors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await settleNotice(as(operator), { id: 'abc', reason: 'x' }, parts)).errors).toMatchObject([
      { code: 'NOT_FOUND', path: ['id'] },
    ]);
    await expect(settleNotice(as(rightsOf('viewer')), { id, reason: 'x' }, parts)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
