import { describe, expect, it } from '@jest/globals';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { someChanges } from './support/changes.ts';
import { DEPLOYMENTS } from './support/test-schema.ts';
import { cursorAt, useLive } from './support/use-live.ts';

const start = useLive();

describe('a cursor', () => {
  it('resumes from memory: what was missed, once, then what follows', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    for (let i = 0; i < 10; i++) source.commit(someChanges(3));
    await live.feed.refresh();
    const { sink } = live.open({ variables: { after: cursorAt(7) } });
    source.commit(someChanges(2));
    await sink.untilSeq(32);
    expect(sink.events[0]).toEqual({ __typename: 'FeedReady', cursor: cursorAt(7) });
    expect(sink.seqs()).toEqual(Array.from({ length: 25 }, (_, index) => index + 8));
  });

  it('resumes from the table where memory does not go back that far, also amid a long transaction', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(2_500));
    source.commit(someChanges(4));
    const live = await start(source, { ringSize: 10 });
    const { sink } = live.open({ variables: { after: cursorAt(100) } });
    source.commit(someChanges(40));
    await sink.untilSeq(2_544);
    expect(sink.seqs()).toEqual(Array.from({ length: 2_444 }, (_, index) => index + 101));
  });

  it('of a gateway that was ahead of this one is not the future', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    source.commit(someChanges(5), { notify: false });
    const { sink } = live.open({ variables: { after: cursorAt(5) } });
    source.commit(someChanges(1));
    await sink.untilSeq(6);
    expect(sink.types()).toEqual(['FeedReady', 'Change']);
  });

  it.each([
    { name: 'that this gateway has in memory no more', after: 3, ringSize: 2 },
    { name: 'that another gateway gave, ahead of this one', after: 12, ringSize: 100 },
  ])('$name is kept for later while the log cannot be read', async ({ after, ringSize }) => {
    class AwaySource extends ReplayChangeSource {
      isAway = false;
      override read(from: number, limit: number) {
        if (this.isAway) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        return super.read(from, limit);
      }
    }
    const source = new AwaySource();
    for (let i = 0; i < 10; i++) source.commit(someChanges(1));
    const live = await start(source, { ringSize });
    source.isAway = true;
    const { sink, subscription } = live.open({ variables: { after: cursorAt(after) } });
    await sink.untilDisconnected();
    expect(sink.disconnects).toEqual(['UNAVAILABLE']);
    expect(await subscription.goAway('UNAVAILABLE')).toBe(cursorAt(after));
    expect(sink.failures).toEqual([]);
  });

  it.each([
    { name: 'from before the oldest change that is kept', after: cursorAt(3), reason: 'EXPIRED' },
    { name: 'of another epoch', after: cursorAt(9, 'other'), reason: 'EPOCH' },
    { name: 'from the future', after: cursorAt(11), reason: 'FUTURE' },
  ])('$name gets one MUST_REFETCH with a cursor to start from, and the changes after it', async ({ after, reason }) => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(10));
    source.pruneBefore(5);
    const live = await start(source);
    const { sink } = live.open({ variables: { after } });
    await sink.untilType('FeedMustRefetch');
    source.commit(someChanges(1));
    await sink.untilSeq(11);
    expect(sink.events[0]).toEqual({ __typename: 'FeedMustRefetch', cursor: cursorAt(10), reason });
    expect(sink.types()).toEqual(['FeedMustRefetch', 'Change']);
  });

  it('just before the oldest change that is kept resumes', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(10));
    source.pruneBefore(5);
    const live = await start(source);
    const { sink } = live.open({ variables: { after: cursorAt(4) } });
    await sink.untilSeq(10);
    expect(sink.seqs()).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it('that is none is an error with the code BAD_CURSOR', async () => {
    const live = await start(new ReplayChangeSource());
    expect(() => live.open({ variables: { after: 'yesterday' } })).toThrow(
      expect.objectContaining({ code: 'BAD_CURSOR' }),
    );
  });
});

describe('a snapshot', () => {
  it('comes between READY and the changes after its horizon, whatever was committed meanwhile', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(5));
    let commitDuringRead = (): unknown => undefined;
    const live = await start(source, {
      snapshot: async () => {
        const horizon = (await source.head()).lastSeq;
        commitDuringRead();
        return { horizon, rows: Array.from({ length: 150 }, (_, index) => ({ id: `r${index}`, status: 'READY' })) };
      },
    });
    commitDuringRead = () => source.commit(someChanges(2));
    const { sink } = live.open({ query: DEPLOYMENTS, variables: { snapshot: true } });
    source.commit(someChanges(2));
    await sink.untilSeq(9);
    expect(sink.types()).toEqual(['FeedReady', ...Array(2).fill('DeploymentSnapshot'), ...Array(4).fill('Change')]);
    expect(sink.seqs()).toEqual([6, 7, 8, 9]);
    const parts = sink.events.filter((event) => event.__typename === 'DeploymentSnapshot');
    expect(parts.map(({ cursor, complete }) => ({ cursor, complete }))).toEqual([
      { cursor: cursorAt(5), complete: false },
      { cursor: cursorAt(5), complete: true },
    ]);
    expect(parts.flatMap(({ nodes }) => nodes as unknown[])).toHaveLength(150);
    // Who leaves amid the snapshot may not come back with its cursor.
    expect(sink.resumable).toEqual([false, false, true, true, true, true, true]);
  });

  it('is read once for those who ask at the same time, and is complete when it is empty', async () => {
    const source = new ReplayChangeSource();
    let reads = 0;
    const live = await start(source, {
      snapshot: async () => {
        reads++;
        return { horizon: 0, rows: [] };
      },
    });
    const opened = Array.from({ length: 50 }, () => live.open({ query: DEPLOYMENTS, variables: { snapshot: true } }));
    for (const { sink } of opened) {
      expect(await sink.untilType('DeploymentSnapshot')).toMatchObject({ nodes: [], complete: true });
    }
    expect(reads).toBe(1);
  });

  it('is not sent again to a client that resumes, and is to one that has to fetch anew', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(5));
    const live = await start(source, { snapshot: async () => ({ horizon: 5, rows: [{ id: 'r' }] }) });
    const resumed = live.open({ query: DEPLOYMENTS, variables: { snapshot: true, after: cursorAt(3) } });
    await resumed.sink.untilSeq(5);
    expect(resumed.sink.types()).toEqual(['FeedReady', 'Change', 'Change']);
    expect(resumed.sink.resumable).toEqual([true, true, true]);
    const lost = live.open({ query: DEPLOYMENTS, variables: { snapshot: true, after: cursorAt(3, 'other') } });
    await lost.sink.untilType('DeploymentSnapshot');
    expect(lost.sink.types()).toEqual(['FeedMustRefetch', 'DeploymentSnapshot']);
    expect(lost.sink.resumable).toEqual([false, true]);
  });

  it('that cannot be read ends the subscription with the error', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source, { snapshot: () => Promise.reject(new Error('away')) });
    const { sink } = live.open({ query: DEPLOYMENTS, variables: { snapshot: true } });
    expect(await sink.untilFailed()).toEqual(new Error('away'));
    expect(live.engine.stats().subscribers).toBe(0);
  });
});
