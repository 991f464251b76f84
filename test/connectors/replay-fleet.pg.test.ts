import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { connectors } from '../../connectors/index.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import { type Sandbox, startSandbox } from '../../connectors/sandbox.ts';
import { createVirtualTime } from '../../connectors/testkit/virtual-time.ts';
import { loadReference } from '../../seeds/reference.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { replayRun } from '../../src/sync/replay-run.ts';
import { findRun } from '../../src/sync/run-record.ts';
import { type RunDependencies, type RunOutcome, runSource } from '../../src/sync/run-source.ts';
import { createWorkerIdentity } from '../../src/sync/worker-identity.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { useDatabase } from '../support/database.ts';

/** The same source, of which nobody answers any more. */
function away({ definition, ...source }: ConfiguredSource): ConfiguredSource {
  return { ...source, definition: { ...definition, config: { ...definition.config, baseUrl: 'http://127.0.0.1:1' } } };
}

let now = new Date('2025-06-26T12:15:00+07:00');
const signal = new AbortController().signal;

describe('what is kept of the answers of the fleet', () => {
  const db = useDatabase();
  const shared = createSharedState(createVirtualTime());
  let sandbox: Sandbox;
  let sources: ConfiguredSource[];
  let dependencies: RunDependencies;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, clock: { now: () => now }, seed: 2025 });
    const file = createDefaultSources(sandbox);
    sources = file.sources
      .filter(({ schedule }) => schedule !== undefined)
      .map((definition) => ({
        definition,
        connector: connectors.get(definition.connector) as ConfiguredSource['connector'],
        credentials: Object.fromEntries(
          Object.entries(definition.credentials).map(([name, variable]) => [name, sandbox.credentials[variable] ?? '']),
        ),
      }));
    await loadReference(db.em());
    await registerSources(db.em(), file.sources, { simulated: true, now: new Date() });
    dependencies = {
      database: db.database(),
      clock: { now: () => new Date() },
      domainClock: { now: () => now },
      random: Math.random,
      logger: silentLogger,
      me: await createWorkerIdentity(),
      shared,
      raw: { keptMs: 86_400_000, maxSourceBytes: 2 ** 30 },
    };
  });
  afterAll(async () => {
    shared.close();
    await sandbox.stop();
  });

  test('says nothing new when it is read anew by the same contracts, while every upstream is away', async () => {
    for (const moment of ['2025-06-26T12:15:00+07:00', '2025-06-26T20:00:00+07:00']) {
      now = new Date(moment);
      for (const source of sources) await runSource(dependencies, { source, trigger: 'command', signal });
    }
    const before = await db.em().execute('select count(*)::int as changes, max(seq) as last from change');
    const outcomes: (Pick<RunOutcome, 'state'> & {
      id: string;
      accepted: number;
      changes: number;
      hasRead: boolean;
    })[] = [];
    for (const source of sources) {
      const { state, counts } = await replayRun(dependencies, { source: away(source), trigger: 'replay', signal });
      const { accepted, changes, read } = counts;
      outcomes.push({ id: source.definition.id, state, accepted, changes, hasRead: read > 0 });
    }
    expect(outcomes).toEqual(
      sources.map(({ definition: { id } }) => ({ id, state: 'SUCCEEDED', accepted: 0, changes: 0, hasRead: true })),
    );
    expect(await db.em().execute('select count(*)::int as changes, max(seq) as last from change')).toEqual(before);
    expect(await verifyState(db.em())).toEqual({ differences: 0, wrongHeads: 0 });
  });

  test('is nothing new either where a source is read with all its streams at once', async () => {
    const before = await db.em().execute('select count(*)::int as changes from change');
    const many = sources.flatMap(({ definition, ...source }) => {
      const concurrency = source.connector.spec().streams.length;
      const config = { ...definition.config, concurrency };
      return concurrency > 1 ? [{ ...source, definition: { ...definition, config } }] : [];
    });
    expect(many.length).toBeGreaterThan(10);
    await db.em().execute('truncate checkpoint');
    for (const source of many) {
      const { runId, state, counts } = await runSource(dependencies, { source, trigger: 'command', signal });
      expect([source.definition.id, state, counts.accepted, counts.changes]).toEqual([
        source.definition.id,
        'SUCCEEDED',
        0,
        0,
      ]);
      expect(counts.read).toBeGreaterThan(0);
      const run = await findRun(db.em(), runId);
      expect(run?.percent ?? 100).toBe(100);
    }
    expect(await db.em().execute('select count(*)::int as changes from change')).toEqual(before);
    expect(await verifyState(db.em())).toEqual({ differences: 0, wrongHeads: 0 });
  });

  test('leaves the rest of the past to be read back from those who can tell it, with no checkpoint moved', async () => {
    const checkpoints = () => db.em().execute('select source_id, stream, state from checkpoint order by 1, 2');
    const before = await checkpoints();
    const range = { from: new Date('2025-06-24T00:00:00+07:00'), to: new Date('2025-06-26T00:00:00+07:00') };
    const read: string[] = [];
    for (const source of sources) {
      const outcome = await runSource(dependencies, { source, trigger: 'backfill', range, signal });
      if (outcome.state === 'SUCCEEDED') read.push(source.definition.id);
      else
        expect(outcome).toMatchObject({
          failure: { code: 'UPSTREAM_CONFIGURATION', message: expect.stringMatching(/can be replayed/) },
        });
    }
    expect(read).toEqual(expect.arrayContaining(['khcn']));
    expect(await checkpoints()).toEqual(before);
  });
});
