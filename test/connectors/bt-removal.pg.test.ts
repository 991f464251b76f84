import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { btConnector } from '../../connectors/bt/connector.ts';
import { createBtSandbox } from '../../connectors/bt/sandbox.ts';
import { type SandboxServer, startSandboxServer } from '../../connectors/kit/sandbox/server.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import { sourceFileSchema } from '../../connectors/kit/source-file.ts';
import { loadReference } from '../../seeds/reference.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { useDatabase } from '../support/database.ts';
import { runDependencies } from '../sync/stand-in.ts';
import { btEntity } from './support/bt-entity.ts';

const database = useDatabase();
const shared = createSharedState();
const rows = (query: string): Promise<Record<string, unknown>[]> => database.em().execute(query);
let now = new Date('2025-06-27T12:15:00+07:00');
let held = [btEntity('24'), btEntity('01')];
let server: SandboxServer;

beforeAll(async () => {
  await database.em().transactional((em) => loadReference(em));
  const upstream = createBtSandbox('hub', 'mật khẩu', () => held, 2025);
  server = await startSandboxServer({ host: '127.0.0.1', port: 0, clock: { now: () => now }, upstreams: [upstream] });
});
afterAll(async () => {
  shared.close();
  await server.stop();
});

test('a system that BT removes is gone with the next delta, by a change that says so, and may come back', async () => {
  const { sources } = sourceFileSchema.parse({
    sources: [
      {
        id: 'bt',
        name: 'BT',
        connector: 'bt',
        config: { baseUrl: `${server.address}/bt` },
        credentials: { username: 'BT_USERNAME', password: 'BT_PASSWORD' },
        schedule: { everySeconds: 15 },
        ttl: 'PT2H',
        precedence: { default: 20 },
      },
    ],
  });
  const [definition] = sources as [(typeof sources)[number]];
  await registerSources(database.em(), sources, { simulated: true, now: new Date() });
  const source = { definition, connector: btConnector, credentials: { username: 'hub', password: 'mật khẩu' } };
  const run = async () =>
    runSource(await runDependencies(database.database(), { shared, domainClock: { now: () => now } }), {
      source,
      trigger: 'command',
      signal: new AbortController().signal,
    });

  expect(await run()).toMatchObject({ state: 'SUCCEEDED', failure: null });
  expect(await rows('select id from deployment order by id')).toEqual([{ id: '01:LGSP' }, { id: '24:LGSP' }]);
  held = held.slice(1);
  now = new Date('2025-06-27T12:16:00+07:00');
  expect(await run()).toMatchObject({ state: 'SUCCEEDED', counts: { rejected: 0 } });
  expect(await rows('select id from deployment')).toEqual([{ id: '01:LGSP' }]);
  expect(await rows("select entity_id, operation, sources from change where operation = 'REMOVED'")).toEqual([
    { entity_id: '24:LGSP', operation: 'REMOVED', sources: ['bt'] },
  ]);

  held = [btEntity('24', 'VanHanh', '2025-06-27T05:16:30.000Z'), ...held];
  now = new Date('2025-06-27T12:17:00+07:00');
  await run();
  expect(await rows('select id, status from deployment order by id')).toEqual([
    { id: '01:LGSP', status: 'READY' },
    { id: '24:LGSP', status: 'OPERATING' },
  ]);

  // As it was, with the time that it had: BT had only left it out.
  const gone = held;
  for (const minute of [18, 20, 22]) {
    held = held.slice(1);
    now = new Date(`2025-06-27T12:${minute}:00+07:00`);
    await run();
    expect(await rows('select id from deployment')).toEqual([{ id: '01:LGSP' }]);
    held = gone;
    now = new Date(`2025-06-27T12:${minute + 1}:00+07:00`);
    await run();
    expect(await rows("select status, attributes->'vendors' as vendors from deployment where id = '24:LGSP'")).toEqual([
      { status: 'OPERATING', vendors: ['BT'] },
    ]);
  }
  const log = () => rows('select count(*)::int as count from change');
  const logged = await log();
  // Everything is read again, as it is once an hour: nothing of it is news.
  now = new Date('2025-06-27T13:40:00+07:00');
  expect(await run()).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 0, changes: 0 } });
  expect(await log()).toEqual(logged);
  expect(await verifyState(database.em())).toEqual({ differences: 0, wrongHeads: 0 });
});
