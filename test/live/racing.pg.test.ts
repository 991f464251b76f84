import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { decodeCursor } from '../../src/lib/cursor.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { PgChangeSource } from '../../src/live/pg-change-source.ts';
import { readAtHorizon } from '../../src/live/read-at-horizon.ts';
import { useDatabase } from '../support/database.ts';
import { aChange, someChanges } from './support/changes.ts';
import { startLive } from './support/live-setup.ts';
import { writeChanges } from './support/log-writer.ts';
import type { RecordingSink } from './support/recording-sink.ts';
import { DEPLOYMENTS } from './support/test-schema.ts';

const test = useDatabase({ poolMax: 12 });
const source = (): PgChangeSource => new PgChangeSource(test.database(), silentLogger);
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const seqOf = (cursor: string): number => decodeCursor(cursor)?.seq as number;

/** Writers who do not wait for each other, until told to stop; gives the seqs in the end. */
function startWriters(count: number): { stop: () => Promise<void> } {
  let isRunning = true;
  const writers = Array.from({ length: count }, async (_, writer) => {
    for (let round = 0; isRunning; round++)
      await writeChanges(test.database(), someChanges(1 + ((writer + round) % 4)));
  });
  return {
    stop: async () => {
      isRunning = false;
      await Promise.all(writers);
    },
  };
}

async function seqsInLog(): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`select seq from change order by seq`.execute(test.em().getKysely());
  return rows.map(({ seq }) => Number(seq));
}

/** Everything after its own READY, once, in order. */
function expectComplete(sink: RecordingSink, log: readonly number[]): void {
  const from = seqOf(sink.events[0]?.cursor as string);
  expect(sink.seqs()).toEqual(log.filter((seq) => seq > from));
}

describe('a writer racing the subscribe', () => {
  it('of 1,000 subscribers leaves each with every change after its READY, once, in order', async () => {
    const live = await startLive(source());
    stops.push(live.stop);
    const writers = startWriters(4);
    const sinks: RecordingSink[] = [];
    for (let batch = 0; batch < 50; batch++) {
      for (let i = 0; i < 20; i++) sinks.push(live.open().sink);
      const current = live.feed.position().seq;
      await (sinks.at(-1) as RecordingSink).untilSeq(current + 1);
    }
    await writers.stop();
    const marker = await writeChanges(test.database(), someChanges(1));
    await Promise.all(sinks.map((sink) => sink.untilSeq(marker)));
    const log = await seqsInLog();
    for (const sink of sinks) expectComplete(sink, log);
    expect(new Set(sinks.map((sink) => sink.events[0]?.cursor)).size).toBeGreaterThan(10);
  });

  it('of 1,000 who resume from anywhere does the same, from memory and from the table', async () => {
    const live = await startLive(source(), { ringSize: 50 });
    stops.push(live.stop);
    const { epoch, lastSeq } = await source().head();
    const writers = startWriters(4);
    const cursorAt = (seq: number): string => `${epoch}-${seq.toString(16).padStart(16, '0')}`;
    const sinks = Array.from(
      { length: 1_000 },
      (_, index) => live.open({ variables: { after: cursorAt(Math.floor((lastSeq * index) / 1_000)) } }).sink,
    );
    await Promise.all(sinks.map((sink) => sink.untilSeq(lastSeq)));
    await writers.stop();
    const marker = await writeChanges(test.database(), someChanges(1));
    await Promise.all(sinks.map((sink) => sink.untilSeq(marker)));
    const log = await seqsInLog();
    for (const sink of sinks) expectComplete(sink, log);
  });

  it('of snapshots leaves no change in neither or in both', async () => {
    const live = await startLive(source(), {
      snapshot: () =>
        readAtHorizon(test.database(), async (em) => {
          // The state, as far as this test has one: the newest value of each entity that the log knows.
          const { rows } = await sql<{ id: string; status: string }>`
            select distinct on (entity_id) entity_id as id, after->>'status' as status
            from change order by entity_id, seq desc`.execute(em.getKysely());
          return rows;
        }),
    });
    stops.push(live.stop);
    let isRunning = true;
    const writing = (async () => {
      for (let n = 0; isRunning; n++) {
        await writeChanges(test.database(), [aChange({ entityId: `01:${n % 7}`, after: { status: `v${n}` } })]);
      }
    })();
    const sinks: RecordingSink[] = [];
    for (let i = 0; i < 60; i++) {
      const { sink } = live.open({ query: DEPLOYMENTS, variables: { snapshot: true } });
      sinks.push(sink);
      if (i % 3 === 0) await sink.untilType('DeploymentSnapshot');
    }
    isRunning = false;
    await writing;
    const marker = await writeChanges(test.database(), [aChange({ entityId: 'marker', after: { status: 'end' } })]);
    await Promise.all(sinks.map((sink) => sink.untilSeq(marker)));
    const { rows } = await sql<{ id: string; status: string }>`
      select distinct on (entity_id) entity_id as id, after->>'status' as status
      from change order by entity_id, seq desc`.execute(test.em().getKysely());
    const expected = Object.fromEntries(rows.map(({ id, status }) => [id, status]));
    const log = await seqsInLog();
    for (const sink of sinks) {
      expectComplete(sink, log);
      expect(applied(sink)).toEqual(expected);
    }
  });
});

/** What a client has that takes the snapshot and then each change. */
function applied(sink: RecordingSink): Record<string, string> {
  const state: Record<string, string> = {};
  for (const event of sink.events) {
    for (const { id, status } of (event.nodes ?? []) as { id: string; status: string }[]) state[id] = status;
    if (event.seq) state[event.entityId as string] = (event.after as { status: string }).status;
  }
  return state;
}
