import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { silentLogger } from '../../src/lib/logger.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { PgChangeSource } from '../../src/live/pg-change-source.ts';
import { useDatabase } from '../support/database.ts';
import { aChange, someChanges } from './support/changes.ts';
import { startLive } from './support/live-setup.ts';
import { writeChanges } from './support/log-writer.ts';

const test = useDatabase();
const source = (): PgChangeSource => new PgChangeSource(test.database(), silentLogger);
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

describe('the change log in PostgreSQL', () => {
  it('gives changes as they were written, page by page', async () => {
    const before = (await source().head()).lastSeq;
    const written = aChange({
      before: null,
      operation: 'CREATED',
      runId: 7,
      sources: ['khcn', 'vnpt'],
      province: null,
    });
    const last = await writeChanges(test.database(), [written, aChange()]);
    const [first, ...rest] = await source().read(before, 1);
    expect(rest).toEqual([]);
    expect(first).toEqual({ ...written, seq: last - 1, tx: last - 1, last: false });
    expect(await source().read(last - 1, 10)).toEqual([{ ...aChange(), seq: last, tx: last - 1, last: true }]);
    expect(await source().head()).toEqual({
      epoch: expect.stringMatching(/^[0-9a-z]{1,32}$/),
      oldestSeq: 1,
      lastSeq: last,
    });
  });

  it('has its head where it was when everything has been pruned', async () => {
    const last = await writeChanges(test.database(), someChanges(3));
    const db = test.em().getKysely();
    await sql`delete from change`.execute(db);
    await sql`update change_log set oldest_seq = ${last + 1}`.execute(db);
    expect(await source().head()).toMatchObject({ oldestSeq: last + 1, lastSeq: last });
  });

  it('wakes a follower at a commit', async () => {
    const live = await startLive(source(), { pollMs: 3_600_000 });
    stops.push(live.stop);
    const { sink } = live.open();
    await sink.untilType('FeedReady');
    await sink.untilSeq(await writeChanges(test.database(), someChanges(2)));
    expect(sink.seqs()).toHaveLength(2);
  });

  it('is read again after a while, so that a lost notification costs a moment and never a change', async () => {
    const live = await startLive(source(), { pollMs: 20 });
    stops.push(live.stop);
    const { sink } = live.open();
    await sink.untilType('FeedReady');
    await sink.untilSeq(await writeChanges(test.database(), someChanges(2), { notify: false }));
    expect(sink.seqs()).toHaveLength(2);
  });

  it('is followed on after its connections were cut', async () => {
    const live = await startLive(source(), { pollMs: 50 });
    stops.push(live.stop);
    const { sink } = live.open();
    await sink.untilType('FeedReady');
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
      .execute(test.em().getKysely())
      .catch(() => undefined);
    await sink.untilSeq(await writeChanges(test.database(), someChanges(3)));
    expect(sink.seqs()).toHaveLength(3);
    expect(await waitUntil(() => live.feed.isFollowing(), { limitMs: 5_000 })).toBe(true);
  });

  it('that was replaced by another disconnects everyone, and old cursors have to fetch anew', async () => {
    const live = await startLive(source(), { pollMs: 20 });
    stops.push(live.stop);
    const { sink } = live.open();
    const { cursor } = await sink.untilType('FeedReady');
    await sql`update change_log set epoch = 'another'`.execute(test.em().getKysely());
    await sink.untilDisconnected();
    const back = live.open({ variables: { after: cursor } });
    expect(await back.sink.untilType('FeedMustRefetch')).toMatchObject({ reason: 'EPOCH' });
  });
});
