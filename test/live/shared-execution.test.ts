import { describe, expect, it } from '@jest/globals';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { aChange, someChanges } from './support/changes.ts';
import { CHANGES } from './support/test-schema.ts';
import { cursorAt, useLive } from './support/use-live.ts';

const start = useLive();

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
