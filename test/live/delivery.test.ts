import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { createRights } from '../../src/services/rights.ts';
import { aChange, someChanges } from './support/changes.ts';
import { cursorAt, useLive } from './support/use-live.ts';

const start = useLive();

describe('the beginning of a subscription', () => {
  it('is READY with the cursor of the moment, then every later change in order', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(3));
    const live = await start(source);
    const { sink } = live.open();
    source.commit(someChanges(2));
    source.commit(someChanges(1));
    await sink.untilSeq(6);
    expect(sink.events[0]).toEqual({ __typename: 'FeedReady', cursor: cursorAt(3) });
    expect(sink.seqs()).toEqual([4, 5, 6]);
  });

  it('keeps the borders of each transaction, and sends one transaction with one write', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    const { sink } = live.open();
    await sink.untilType('FeedReady');
    source.commit(someChanges(20));
    await sink.untilSeq(20);
    source.commit(someChanges(1));
    await sink.untilSeq(21);
    expect(sink.writes).toEqual([1, 20, 1]);
    expect(sink.events.slice(1).map((event) => event.transaction)).toEqual([
      ...Array.from({ length: 20 }, (_, index) => ({ id: 1, last: index === 19 })),
      { id: 21, last: true },
    ]);
  });

  it('marks the last change that passes the filter as the last of its transaction', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    const { sink } = live.open({ variables: { kinds: ['link'] } });
    await sink.untilType('FeedReady');
    source.commit([aChange({ kind: 'link' }), aChange({ kind: 'link' }), aChange({ kind: 'readiness' })]);
    await sink.untilSeq(2);
    expect(sink.events.slice(1).map((event) => (event.transaction as { last: boolean }).last)).toEqual([false, true]);
  });

  it('puts the cursor into the extensions of every result', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    const { sink } = live.open();
    source.commit(someChanges(2));
    await sink.untilSeq(2);
    expect(sink.results.map((result) => (result.extensions as { cursor: string }).cursor)).toEqual(
      sink.events.map((event) => event.cursor),
    );
  });
});

describe('rights', () => {
  const ofHanoi = createRights({ role: 'viewer', provinces: ['01'], sources: null, keyId: 'k1' });

  it('hide the changes of other provinces, and not those of none', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    const { sink } = live.open({ rights: ofHanoi });
    await sink.untilType('FeedReady');
    source.commit([aChange({ province: '79' }), aChange({ province: '01' }), aChange({ province: null })]);
    await sink.untilSeq(3);
    expect(sink.seqs()).toEqual([2, 3]);
  });

  it('keep callers who see different things apart', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    live.open();
    live.open({ rights: ofHanoi });
    expect(live.engine.stats().operations).toBe(2);
  });
});

describe('a client that does not read', () => {
  it('is disconnected at the next change, the others are not', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    const slow = live.open();
    const other = live.open();
    source.commit(someChanges(3));
    await slow.sink.untilSeq(3);
    // It has caught up: from here on the log does not wait for it.
    await nextTurn();
    slow.sink.full = true;
    source.commit(someChanges(3));
    await slow.sink.untilDisconnected();
    await other.sink.untilSeq(6);
    expect(slow.sink.disconnects).toEqual(['SLOW_CONSUMER']);
    expect(await slow.subscription.goAway('SLOW_CONSUMER')).toBe(cursorAt(3));
    expect(slow.sink.events.at(-1)).toEqual({
      __typename: 'FeedGoingAway',
      cursor: cursorAt(3),
      reason: 'SLOW_CONSUMER',
    });
    expect(other.sink.seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is waited for while it catches up', async () => {
    const source = new ReplayChangeSource();
    for (let i = 0; i < 10; i++) source.commit(someChanges(100));
    const live = await start(source);
    const { sink } = live.open({ variables: { after: cursorAt(0) } });
    await sink.untilSeq(100);
    sink.full = true;
    const seen = sink.events.length;
    source.commit(someChanges(1));
    await live.feed.refresh();
    expect(sink.events.length - seen).toBeLessThanOrEqual(100);
    sink.drain();
    await sink.untilSeq(1_001);
    expect(sink.seqs()).toEqual(Array.from({ length: 1_001 }, (_, index) => index + 1));
    expect(sink.disconnects).toEqual([]);
  });

  it('is told the place up to which it really was sent, amid catching up', async () => {
    const source = new ReplayChangeSource();
    for (let i = 0; i < 20; i++) source.commit(someChanges(100));
    const live = await start(source);
    const { sink, subscription } = live.open({ variables: { after: cursorAt(0) } });
    await sink.untilSeq(100);
    sink.full = true;
    sink.stall();
    await sink.untilDisconnected();
    await nextTurn();
    expect(await subscription.goAway('SLOW_CONSUMER')).toBe(cursorAt(sink.seqs().at(-1) as number));
    expect(sink.seqs().at(-1)).toBeLessThan(2_000);
  });

  it('is disconnected while it catches up when it takes in nothing for too long', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(100));
    const live = await start(source);
    const { sink, subscription } = live.open({ variables: { after: cursorAt(40) } });
    sink.full = true;
    sink.stall();
    await sink.untilDisconnected();
    expect(sink.disconnects).toEqual(['SLOW_CONSUMER']);
    expect(await subscription.goAway('SLOW_CONSUMER')).toBe(cursorAt(40));
  });
});

describe('going away', () => {
  it('says the place up to which everything was sent, also what did not pass the filter', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source);
    const { sink, subscription } = live.open({ variables: { kinds: ['link'] } });
    await sink.untilType('FeedReady');
    source.commit(someChanges(4, { kind: 'readiness' }));
    await live.feed.refresh();
    expect(await subscription.goAway('SHUTDOWN')).toBe(cursorAt(4));
    source.commit(someChanges(1, { kind: 'link' }));
    await live.feed.refresh();
    expect(sink.types()).toEqual(['FeedReady', 'FeedGoingAway']);
    expect(live.engine.stats()).toMatchObject({ subscribers: 0, operations: 0 });
  });
});
