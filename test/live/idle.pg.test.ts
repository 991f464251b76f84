import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { PgChangeSource } from '../../src/live/pg-change-source.ts';
import { useDatabase } from '../support/database.ts';
import { someChanges } from './support/changes.ts';
import { type LiveSetup, startLive } from './support/live-setup.ts';
import { writeChanges } from './support/log-writer.ts';

const statements: string[] = [];
const test = useDatabase({ onStatement: (statement) => statements.push(statement) });

describe('1,000 subscribers', () => {
  let writer: Database;
  let live: LiveSetup;
  beforeAll(async () => {
    // Another pool, so that only what the gateway asks is counted.
    writer = await openDatabase({ url: test.url(), applicationName: 'lienthong test writer' });
    live = await startLive(new PgChangeSource(test.database(), silentLogger), { pollMs: 3_600_000 });
  });
  afterAll(async () => {
    live.stop();
    await writer.close();
  });

  it('that are idle cost no SQL, and one transaction for all of them costs what it costs for one', async () => {
    const one = live.open();
    await one.sink.untilType('FeedReady');
    await one.sink.untilSeq(await writeChanges(writer, someChanges(3)));
    statements.length = 0;
    const seq = await writeChanges(writer, someChanges(3));
    await one.sink.untilSeq(seq);
    await nextTurn();
    const costOfOne = statements.length;

    statements.length = 0;
    const after = one.sink.events.at(-3)?.cursor;
    const sinks = Array.from({ length: 1_000 }, (_, n) => live.open({ variables: n % 2 ? { after } : {} }).sink);
    await Promise.all(sinks.map((sink) => sink.untilType('FeedReady')));
    await nextTurn();
    expect(statements).toEqual([]);

    const last = await writeChanges(writer, someChanges(3));
    await Promise.all(sinks.map((sink) => sink.untilSeq(last)));
    expect(costOfOne).toBeGreaterThan(0);
    expect(statements.length).toBe(costOfOne);
  });
});
