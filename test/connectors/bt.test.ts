import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { btConnector } from '../../connectors/bt/connector.ts';
import type { Entity } from '../../connectors/bt/delta-token.ts';
import { createBtSandbox } from '../../connectors/bt/sandbox.ts';
import { type SandboxServer, startSandboxServer } from '../../connectors/kit/sandbox/server.ts';
import { type ReadResult, readAll } from '../../connectors/testkit/read-all.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { FactObservation } from '../../schema/observation.ts';
import { btEntity } from './support/bt-entity.ts';
import { createBench } from './support/contexts.ts';

/** What each system is said to be, `-` for what is withdrawn. */
function statusesIn({ observations }: ReadResult): string[] {
  const facts = observations.filter((one): one is FactObservation => one.kind === 'deployment');
  return facts.flatMap(({ key, attributes, retract }) =>
    'status' in attributes ? [`${key.province} ${retract ? '-' : attributes.status}`] : [],
  );
}

describe('BT', () => {
  let held: Entity[];
  let now: Date;
  let server: SandboxServer;
  let checkpoints: Readonly<Record<string, Json>>;
  beforeEach(async () => {
    held = [btEntity('24'), btEntity('01'), btEntity('48')];
    now = new Date('2025-06-27T12:15:00+07:00');
    checkpoints = {};
    const upstream = createBtSandbox('hub', 'mật khẩu', () => held, 2025);
    server = await startSandboxServer({ host: '127.0.0.1', port: 0, clock: { now: () => now }, upstreams: [upstream] });
  });
  afterEach(() => server.stop());

  /** A run from where the one before ended, so many minutes later. */
  async function read(minutesLater = 1): Promise<ReadResult> {
    now = new Date(now.getTime() + minutesLater * 60_000);
    const bench = createBench(`${server.address}/bt`, {
      credentials: { username: 'hub', password: 'mật khẩu' },
      domainClock: { now: () => now },
      checkpoints,
    });
    const result = await readAll(btConnector, bench.context);
    bench.shared.close();
    expect(result.error).toBeUndefined();
    ({ checkpoints } = result);
    return result;
  }

  test('is read in full once, page by page, and then by its changes, which make nothing complete', async () => {
    const full = await read();
    expect([statusesIn(full), full.complete]).toEqual([['24 READY', '01 READY', '48 READY'], ['systems']]);
    const unchanged = await read();
    expect([statusesIn(unchanged), unchanged.complete]).toEqual([[], []]);
    held = [btEntity('24'), btEntity('01', 'VanHanh'), btEntity('48'), btEntity('56', 'ThuNghiem')];
    const changed = await read();
    expect([statusesIn(changed), changed.complete]).toEqual([['01 OPERATING', '56 PILOT'], []]);
  });

  test('withdraws all that it said of a system that it removes, as of now', async () => {
    await read();
    held = held.slice(1);
    const { observations } = await read();
    expect(observations.filter(({ kind }) => kind === 'deployment')).toEqual(
      ['vendors', 'note', 'difficulty', 'status'].map((name) => ({
        class: 'fact',
        kind: 'deployment',
        key: { province: '24', system: 'LGSP' },
        observedAt: null,
        attributes: { [name]: null },
        retract: true,
      })),
    );
    expect(statusesIn(await read())).toEqual([]);
  });

  test('is read in full again after the time that is set, so that what never changes does not turn stale', async () => {
    await read();
    expect((await read(58)).complete).toEqual([]);
    const refreshed = await read(2);
    expect([refreshed.complete, statusesIn(refreshed).length]).toEqual([['systems'], 3]);
  });

  test('is read in full at once where its delta link has died', async () => {
    await read();
    held = held.slice(1);
    const before = server.control.calls('bt').data;
    const [systems] = [checkpoints.systems as { memory: { deltaLink: string } }];
    checkpoints = {
      ...checkpoints,
      systems: {
        ...systems,
        memory: { ...systems.memory, deltaLink: `${server.address}/bt/odata/v4/HeThong?$deltatoken=x` },
      },
    };
    const anew = await read();
    expect([statusesIn(anew), anew.complete]).toEqual([['01 READY', '48 READY'], ['systems']]);
    // The dead link, the two systems on one page, and health.
    expect(server.control.calls('bt').data - before).toBe(3);
    expect(statusesIn(await read())).toEqual([]);
  });

  test('brings a record again that was rejected, or had a status that no map knows', async () => {
    for (const fault of ['type-change', 'unknown-status'] as const) {
      checkpoints = {};
      server.control.addFault({ upstream: 'bt', fault, nth: 1 });
      expect(statusesIn(await read())).not.toContain('24 READY');
      expect(statusesIn(await read())).toContain('24 READY');
    }
  });

  test('brings with the next delta what was not shown for once', async () => {
    server.control.addFault({ upstream: 'bt', fault: 'rows-vanish', nth: 1 });
    expect(statusesIn(await read())).toEqual(['24 READY', '48 READY']);
    expect(statusesIn(await read())).toEqual(['01 READY']);
  });
});
