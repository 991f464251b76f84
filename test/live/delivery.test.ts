import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeCursor } from '../../src/lib/cursor.ts';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { createRights } from '../../src/services/rights.ts';
import { aChange, someChanges } from './support/changes.ts';
import { type LiveSetup, startLive } from './support/live-setup.ts';
import { CHANGES, DEPLOYMENTS } from './support/test-schema.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function start(source: ReplayChangeSource, options: Parameters<typeof startLive>[1] = {}): Promise<LiveSetup> {
  const live = await startLive(source, options);
  stops.push(live.stop);
  return live;
}

const cursorAt = (seq: number, epoch = 'replay'): string => encodeCursor({ epoch, seq });

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
    const lost = live.open({ query: DEPLOYMENTS, variables: { snapshot: true, after: cursorAt(3, 'other') } });
    await lost.sink.untilType('DeploymentSnapshot');
    expect(lost.sink.types()).toEqual(['FeedMustRefetch', 'DeploymentSnapshot']);
  });

  it('that cannot be read ends the subscription with the error', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source, { snapshot: () => Promise.reject(new Error('away')) });
    const { sink } = live.open({ query: DEPLOYMENTS, variables: { snapshot: true } });
    expect(await sink.untilFailed()).toEqual(new Error('away'));
    expect(live.engine.stats().subscribers).toBe(0);
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

describe('shared execution', () => {
  it('executes equal operations once per change, wherever each of them began', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(5));
    const live = await start(source);
    const opened = Array.from({ length: 100 }, (_, index) =>
      live.open({ variables: index % 2 ? {} : { after: cursorAt(5) } }),
    );
    for (const { sink } of opened) await sink.untilType('FeedReady');
    const before = live.engine.stats();
    source.commit(someChanges(10));
    for (const { sink } of opened) await sink.untilSeq(15);
    expect(before.operations).toBe(1);
    expect(live.engine.stats().executions - before.executions).toBe(10);
  });

  it('tells operations with different variables or documents apart', async () => {
    const live = await start(new ReplayChangeSource());
    live.open({ variables: { kinds: ['link'] } });
    live.open({ variables: { kinds: ['readiness'] } });
    live.open({ query: CHANGES.replace('seq kind', 'kind seq') });
    expect(live.engine.stats().operations).toBe(3);
  });

  it('shares one context among the changes of a transaction, so that loaders batch', async () => {
    const source = new ReplayChangeSource();
    let contexts = 0;
    const live = await start(source, {
      createContext: () => {
        contexts++;
        return { load: async (id: string) => id };
      },
    });
    const query = 'subscription { changes { __typename ... on Change { cursor seq loaded } } }';
    const { sink } = live.open({ query });
    await sink.untilType('FeedReady');
    const before = contexts;
    source.commit(someChanges(50));
    await sink.untilSeq(50);
    expect(contexts - before).toBe(1);
    expect(sink.events.at(-1)?.loaded).toBe('01:S49');
  });

  it('keeps the order of commit when an earlier change takes longer', async () => {
    const source = new ReplayChangeSource();
    const first = Promise.withResolvers<string>();
    const live = await start(source, {
      createContext: () => ({ load: (id: string) => (id === 'slow' ? first.promise : Promise.resolve(id)) }),
    });
    const query = 'subscription { changes { __typename ... on Change { cursor seq loaded } } }';
    const { sink } = live.open({ query });
    const other = live.open();
    await sink.untilType('FeedReady');
    source.commit([aChange({ entityId: 'slow' })]);
    source.commit([aChange()]);
    // A slow operation does not hold up another one.
    await other.sink.untilSeq(2);
    expect(sink.seqs()).toEqual([]);
    first.resolve('slow');
    await sink.untilSeq(2);
    expect(sink.seqs()).toEqual([1, 2]);
  });

  it('tells what an execution failed of with its cursor, masked', async () => {
    const source = new ReplayChangeSource();
    const live = await start(source, {
      createContext: () => ({ load: () => Promise.reject(new Error('select secret')) }),
    });
    const { sink } = live.open({
      query: 'subscription { changes { __typename ... on Change { cursor seq loaded } } }',
    });
    await sink.untilType('FeedReady');
    source.commit([aChange()]);
    await sink.untilSeq(1);
    expect(sink.results[1]).toMatchObject({
      errors: [{ message: 'Something went wrong.', path: ['changes', 'loaded'] }],
      extensions: { cursor: cursorAt(1) },
    });
  });

  it('asks the log nothing for idle subscribers', async () => {
    const source = new ReplayChangeSource();
    source.commit(someChanges(5));
    const live = await start(source, { pollMs: 3_600_000 });
    const before = source.reads;
    const opened = Array.from({ length: 1_000 }, () => live.open({ variables: { after: cursorAt(5) } }));
    for (const { sink } of opened) await sink.untilType('FeedReady');
    expect(source.reads).toBe(before);
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
