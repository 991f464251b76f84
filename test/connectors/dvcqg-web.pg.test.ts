import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { dvcqgWebConnector } from '../../connectors/dvcqg-web/connector.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import { type Sandbox, startSandbox } from '../../connectors/sandbox.ts';
import { createVirtualTime } from '../../connectors/testkit/virtual-time.ts';
import { loadReference } from '../../seeds/reference.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { useDatabase } from '../support/database.ts';

const NOW = new Date('2025-06-27T12:15:00+07:00');
const STARTED_MS = Date.now() - 3_600_000;
const CALLS_FOR_AGENCIES = 2;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe('the hub and a snapshot that is compared with the one before', () => {
  const database = useDatabase();
  const { sleep, monotonicMs } = createVirtualTime();
  const shared = createSharedState({ sleep, monotonicMs });
  let sandbox: Sandbox;
  let source: ConfiguredSource;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, clock: { now: () => NOW }, seed: 2025 });
    const definition = createDefaultSources(sandbox).sources.find(({ id }) => id === 'dvcqg-web');
    if (!definition) throw new Error('no source dvcqg-web');
    source = { definition, connector: dvcqgWebConnector, credentials: {} };
    await database.em().transactional((em) => loadReference(em));
    await registerSources(database.em(), [definition], { simulated: true, now: new Date(STARTED_MS) });
  });
  afterAll(async () => {
    shared.close();
    await sandbox.stop();
  });

  const runAt = (seconds: number) => {
    const dependencies = {
      database: database.database(),
      clock: { now: () => new Date(STARTED_MS + seconds * 1000) },
      domainClock: { now: () => NOW },
      random: Math.random,
      logger: silent,
      me: { name: 'test', active: new Set<number>() },
      shared,
    };
    return runSource(dependencies as never, { source, trigger: 'command', signal: new AbortController().signal });
  };
  /** Statements that the hub holds, those that are stale, and how long ago the oldest was said, in seconds. */
  const held = async (seconds: number) => {
    const [row] = await database.em().execute<{ count: number; absent: number; age: number }[]>(
      `select count(*)::int as count, count(*) filter (where absent_count > 0)::int as absent,
         extract(epoch from ?::timestamptz - min(seen_at))::int as age
       from observation where head`,
      [new Date(STARTED_MS + seconds * 1000)],
    );
    return row;
  };

  test('sends on nothing while nothing moves, and everything once a minute, long before its word turns stale', async () => {
    expect((await runAt(0)).counts).toMatchObject({ read: 136, accepted: 136 });
    for (const [seconds, unchanged, age] of [
      [20, 0, 20],
      [40, 0, 40],
      [60, 136, 0],
      [80, 0, 20],
    ] as const) {
      expect((await runAt(seconds)).counts).toMatchObject({ read: 136, accepted: 0, unchanged, changes: 0 });
      expect(await held(seconds)).toEqual({ count: 136, absent: 0, age });
    }
  });

  test('counts nothing as absent that was left out while rows were rejected', async () => {
    sandbox.control.addFault({ upstream: 'dvcqg-web', fault: 'rows-vanish', times: 1000 });
    const missed = await runAt(100);
    expect(await held(100)).toMatchObject({ absent: 0 });
    expect(missed.counts).toMatchObject({ changes: 0 });
    await runAt(120);
    // 45 rows are left out; 22 more are rejected, since the list of agencies leaves out theirs: those are there.
    expect(await held(120)).toMatchObject({ absent: 0 });
    sandbox.control.clearFaults();
    await runAt(140);
    expect(await held(140)).toMatchObject({ count: 136, absent: 0 });
  });

  test('counts what is left out as absent as soon as everything is sent on, which is at once', async () => {
    for (const seconds of [160, 180]) {
      sandbox.control.clearFaults();
      // The list of agencies, which is asked for first, is whole.
      sandbox.control.addFault({
        upstream: 'dvcqg-web',
        fault: 'rows-vanish',
        nth: CALLS_FOR_AGENCIES + 1,
        times: 1000,
      });
      expect((await runAt(seconds)).counts).toMatchObject({ rejected: 0, changes: seconds === 160 ? 0 : 45 });
    }
    expect(await held(180)).toMatchObject({ absent: 45 });
    sandbox.control.clearFaults();
    await runAt(200);
    expect(await held(200)).toMatchObject({ count: 136, absent: 0 });
  });
});
