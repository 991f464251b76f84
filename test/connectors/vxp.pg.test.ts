import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import { type Sandbox, startSandbox } from '../../connectors/sandbox.ts';
import { createVirtualTime } from '../../connectors/testkit/virtual-time.ts';
import { vxpConnector } from '../../connectors/vxp/connector.ts';
import { documentAxisReadings } from '../../seeds/june/links.ts';
import { loadReference } from '../../seeds/reference.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { useDatabase } from '../support/database.ts';

const NOW = new Date('2025-06-27T12:15:00+07:00');
const MESSAGES = 34;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe('the hub and the document axis', () => {
  const database = useDatabase();
  const { sleep, monotonicMs } = createVirtualTime();
  const shared = createSharedState({ sleep, monotonicMs });
  let sandbox: Sandbox;
  let source: ConfiguredSource;
  beforeAll(async () => {
    const clock = { now: () => NOW };
    sandbox = await startSandbox({ port: 0, clock, seed: 2025 });
    const definition = createDefaultSources(sandbox).sources.find(({ id }) => id === 'vxp');
    if (!definition) throw new Error('no source vxp');
    const credentials = Object.entries(definition.credentials).map(([name, variable]) => [
      name,
      sandbox.credentials[variable] ?? '',
    ]);
    source = { definition, connector: vxpConnector, credentials: Object.fromEntries(credentials) };
    await database.em().transactional((em) => loadReference(em));
    await registerSources(database.em(), [definition], { simulated: true, now: new Date() });
  });
  afterAll(async () => {
    shared.close();
    await sandbox.stop();
  });

  const run = (signal: AbortSignal) => {
    const dependencies = {
      database: database.database(),
      clock: { now: () => new Date() },
      domainClock: { now: () => NOW },
      random: Math.random,
      logger: silent,
      me: { name: 'test', active: new Set<number>() },
      shared,
    };
    return runSource(dependencies as never, { source, trigger: 'command', signal });
  };
  const count = async (query: string): Promise<number> => {
    const [row] = await database.em().execute<{ count: number }[]>(`select count(*)::int as count from ${query}`);
    return row?.count ?? 0;
  };

  test('a run that is ended in the midst leaves the rest in the queue, and the next one takes it', async () => {
    const ending = new AbortController();
    let calls = 0;
    const end = sandbox.control.onCall(() => {
      calls += 1;
      if (calls === 30) ending.abort();
    });
    const cut = await run(ending.signal);
    end();
    expect(cut.state).toBe('CANCELLED');
    const stored = await count('link');
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(MESSAGES);
    expect(await run(new AbortController().signal)).toMatchObject({ state: 'SUCCEEDED', counts: { rejected: 0 } });
    expect(await count('link where state is not null')).toBe(MESSAGES);
  });

  test('a message that comes again, since nobody acknowledged it, is stored once', async () => {
    const before = await count('observation');
    const changes = await count('change');
    sandbox.control.forget('vxp');
    const again = await run(new AbortController().signal);
    expect(again).toMatchObject({ state: 'SUCCEEDED', counts: { read: MESSAGES, accepted: 0, changes: 0 } });
    expect([await count('observation'), await count('change')]).toEqual([before, changes]);
  });

  test('holds of each link what the province reported last', async () => {
    const rows = await database
      .em()
      .execute<{ id: string; state: string; latency: number | null }[]>(
        'select id, state, latency_ms as latency from link order by id',
      );
    const held = documentAxisReadings(NOW, 2025).map(({ province, state, latencyMs }) => ({
      id: `${province}:VXP`,
      state,
      latency: latencyMs ?? null,
    }));
    expect(rows).toEqual(held.sort((a, b) => (a.id < b.id ? -1 : 1)));
  });
});
