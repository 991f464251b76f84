import { describe, expect, test } from '@jest/globals';
import { findRun } from '../../src/sync/run-record.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { sweepStaleness } from '../../src/unify/staleness.ts';
import { DAY_MS, OLD, systems, useMendableHub } from './mendable-hub.ts';
import type { Mending } from './mendable-source.ts';

const MENDED: Mending = { version: '2', codes: { '1': 'READY', '2': 'OPERATING' }, isLenient: true };
const { all, answers, db, now, pass, read, replay, server, statuses } = useMendableHub();

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
    const asked = server().requests.length;
    pass(60_000);
    const outcome = await replay(MENDED);
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', failure: null, counts: { asked: 0, rejected: 0 } });
    expect(await statuses()).toEqual([
      { province: '01', status: 'OPERATING' },
      { province: '04', status: 'OPERATING' },
    ]);
    expect(server().requests).toHaveLength(asked);
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
    await db.em().transactional((em) => sweepStaleness(em, { now: now() }));
    const fresh = () => all('select id from deployment where stale_since is null');
    expect(await fresh()).toEqual([]);
    await replay(mending);
    expect(await fresh()).toEqual([]);
    expect((await statuses()).map(({ status }) => status)).toEqual(told);
    expect(await all('select entity_id from observation where head and not retracted and not stale')).toEqual([]);
    const log = await all('select count(*) from change');
    await db.em().transactional((em) => sweepStaleness(em, { now: now() }));
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
    const tomorrow = new Date(now().getTime() + DAY_MS);
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
