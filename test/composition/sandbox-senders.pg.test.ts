import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPusher } from '../../connectors/kit/sandbox/pusher.ts';
import { realSleep } from '../../connectors/kit/sleep.ts';
import { sandboxSenders } from '../../connectors/sandbox-accounts.ts';
import { JUNE_START } from '../../seeds/june/moments.ts';
import { SELF, vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { createSandboxKeys } from '../../src/composition/sandbox-keys.ts';
import { useDatabase } from '../support/database.ts';
import { DOMAIN_NOW, prepareIngest, startIngest, type TestIngest } from './ingest-setup.ts';

const SEED = 20250701;
const STEPS = 12;
const db = useDatabase();
let hub: TestIngest;
let dataDir: string;
const all = <Row>(sql: string): Promise<Row[]> => db.em().execute(sql) as Promise<Row[]>;

beforeAll(async () => {
  await prepareIngest(db);
  hub = await startIngest(db);
  dataDir = await mkdtemp(join(tmpdir(), 'senders-'));
});
afterAll(async () => {
  await hub.stop();
  await rm(dataDir, { recursive: true });
});

function createSenders(now: () => Date) {
  const refused: object[] = [];
  const pusher = createPusher({
    hub: hub.base,
    senders: sandboxSenders(hub.secrets, SEED),
    clock: { now },
    realClock: { now: () => hub.clock.now },
    seed: SEED,
    keys: createSandboxKeys({ dataDir, keys: hub.keys }),
    sleep: realSleep,
    logger: { debug: () => undefined, info: () => undefined, warn: (fields) => void refused.push(fields) },
  });
  return { pusher, refused };
}

test('what the senders of the sandbox push over some days is what they hold, though it came out of order and twice', async () => {
  let now = JUNE_START;
  const { pusher, refused } = createSenders(() => now);
  for (let step = 0; step <= STEPS; step += 1) {
    now = new Date(JUNE_START.getTime() + ((DOMAIN_NOW.getTime() - JUNE_START.getTime()) * step) / STEPS);
    expect(await pusher.turn()).toBe(0);
  }
  expect(refused).toEqual([]);
  for (const [source, vendor] of [
    ['self-declared', SELF],
    ['hapro', 'HAPRO'],
    ['viettel', 'VIETTEL'],
  ] as const) {
    const held = vendorSystemsAt(vendor, DOMAIN_NOW, SEED).map(({ province, system, status, partners }) => ({
      id: `${province}:${system}`,
      status,
      vendors: [vendor, ...partners].sort(),
    }));
    const claims = await all<{ id: string }>(`select entity_id as id,
        max(attributes->>'status') as status, jsonb_agg(attributes->'vendors') filter (where facet = 'vendors')->0 as vendors
      from observation where source_id = '${source}' and head and facet in ('status', 'vendors') group by entity_id`);
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    expect(claims.sort(byId)).toEqual(held.sort(byId));
  }
  const [measured] = await all<{ count: number }>(
    `select count(*)::int as count from service_health where source_id = 'hapro'`,
  );
  expect(measured?.count).toBe(vendorHealthAt('HAPRO', DOMAIN_NOW, SEED, JUNE_START).length);
  const [made] = await all<{ simulated: boolean }>(
    `select bool_and((detail->>'simulated')::boolean) as simulated from observation`,
  );
  expect(made?.simulated).toBe(true);
});

test('a restart tells everything once more with the same keys, and nothing comes of it', async () => {
  const before = await all('select count(*)::int as changes from change union all select count(*)::int from api_key');
  const file = await stat(join(dataDir, 'sandbox-keys.json'));
  expect(file.mode & 0o077).toBe(0);
  const kept = await readFile(join(dataDir, 'sandbox-keys.json'), 'utf8');
  const { pusher } = createSenders(() => DOMAIN_NOW);
  expect(await pusher.turn()).toBe(0);
  expect(await all('select count(*)::int as changes from change union all select count(*)::int from api_key')).toEqual(
    before,
  );
  expect(await readFile(join(dataDir, 'sandbox-keys.json'), 'utf8')).toBe(kept);
});
