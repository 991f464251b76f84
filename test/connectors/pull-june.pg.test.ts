import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { connectors } from '../../connectors/index.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import { type Sandbox, startSandbox } from '../../connectors/sandbox.ts';
import { createVirtualTime } from '../../connectors/testkit/virtual-time.ts';
import { loadDeployments, loadReadiness } from '../../seeds/facts.ts';
import { SELF, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { loadReference } from '../../seeds/reference.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { type RunOutcome, runSource } from '../../src/sync/run-source.ts';
import { useDatabase } from '../support/database.ts';

const SEED = 2025;
const PUSHING = [SELF, 'HAPRO'];

/** The time of the sandbox and of the domain; moved by the test. */
let now = new Date('2025-06-25T08:00:00+07:00');
const domainClock = { now: () => now };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe('a hub that pulls through the sandbox', () => {
  const database = useDatabase();
  // Nobody waits for the upstreams' rate limits: one of them answers once a second.
  const { sleep, monotonicMs } = createVirtualTime();
  const shared = createSharedState({ sleep, monotonicMs });
  let sandbox: Sandbox;
  let sources: ConfiguredSource[];
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, clock: domainClock, seed: SEED });
    const file = createDefaultSources(sandbox);
    sources = file.sources.map((definition) => ({
      definition,
      connector: connectors.get(definition.connector) as ConfiguredSource['connector'],
      credentials: Object.fromEntries(
        Object.entries(definition.credentials).map(([name, variable]) => [name, sandbox.credentials[variable] ?? '']),
      ),
    }));
    await database.em().transactional((em) => loadReference(em));
    await registerSources(database.em(), file.sources, { simulated: true, now: new Date() });
  });
  afterAll(async () => {
    shared.close();
    await sandbox.stop();
  });

  const pullAll = async (): Promise<RunOutcome[]> => {
    const outcomes: RunOutcome[] = [];
    for (const source of sources) {
      const dependencies = {
        database: database.database(),
        clock: { now: () => new Date() },
        domainClock,
        random: Math.random,
        logger: silent,
        me: { name: 'test', active: new Set<number>() },
        shared,
      };
      const signal = new AbortController().signal;
      outcomes.push(await runSource(dependencies as never, { source, trigger: 'command', signal }));
    }
    return outcomes;
  };
  const rows = (query: string): Promise<Record<string, unknown>[]> => database.em().execute(query);

  test('every run succeeds on each of the days, and nothing is rejected', async () => {
    for (const moment of ['25T08:00', '26T12:15', '26T20:00', '27T12:15']) {
      now = new Date(`2025-06-${moment}:00+07:00`);
      for (const outcome of await pullAll()) {
        expect(outcome).toMatchObject({ state: 'SUCCEEDED', failure: null, counts: { rejected: 0 } });
      }
    }
  });

  test('holds the report of 27 June exactly', async () => {
    for (const { id, notCompleted, completedCount, deltaSinceYesterday } of loadReadiness().criteria) {
      const missing = await rows(
        `select province_code as code from readiness where criterion_id = '${id}' and not completed order by 1`,
      );
      expect(missing.map(({ code }) => code)).toEqual([...notCompleted].sort());
      const counts = await rows(
        `select completed_count as count, delta_since_yesterday as delta from criterion_count where criterion_id = '${id}'`,
      );
      expect(counts).toEqual([{ count: completedCount, delta: deltaSinceYesterday }]);
    }
    expect(await rows('select count(*)::int from readiness')).toEqual([{ count: 884 }]);
  });

  test('holds the 170 deployments, and in conflict just where the documents are', async () => {
    const stored = await rows('select id, vendor_codes as vendors from deployment order by id');
    const facts = loadDeployments().deployments.map(({ province, system, vendors }) => ({
      id: `${province}:${system}`,
      vendors: [...vendors].sort(),
    }));
    expect(stored).toEqual(facts.sort((a, b) => (a.id < b.id ? -1 : 1)));
    const conflicts = await rows(
      `select kind || ' ' || entity_id || ' ' || attribute as what from conflict where closed_at is null and kind <> 'link'
       order by 1`,
    );
    expect(conflicts.map(({ what }) => what)).toEqual([
      'deployment 01:HOP vendors',
      'deployment 04:HOP vendors',
      'deployment 08:HOP vendors',
      'deployment 12:LGSP vendors',
      'deployment 15:BAOCAO vendors',
      'deployment 19:HOP vendors',
      'deployment 24:HOP vendors',
      'deployment 48:QLVB vendors',
      'deployment 56:QLVB vendors',
      'deployment 66:QLVB vendors',
      'vendorCount LGSP:SELF count',
      'vendorCount QLVB:SELF count',
      'vendorCount TTHC:SELF count',
    ]);
  });

  test('holds what is in the way of a system: what the report states, else the open incident of who runs it', async () => {
    const { deployments } = loadDeployments();
    // Who pushes is not asked here.
    const asked = new Set(deployments.flatMap(({ vendors }) => vendors).filter((code) => !PUSHING.includes(code)));
    const open = [...asked].flatMap((vendor) =>
      // The workbook of one vendor is written in the morning.
      vendorSystemsAt(vendor, vendor === 'SONGDA10' ? new Date('2025-06-27T08:15:00+07:00') : now, SEED).flatMap(
        ({ province, system, incident }) =>
          incident?.closedAt === null ? [[`${province}:${system}`, incident.description] as const] : [],
      ),
    );
    const stated = deployments.flatMap(({ province, system, difficulty }) =>
      difficulty ? [[`${province}:${system}`, difficulty.normalize('NFC')] as const] : [],
    );
    expect(open.length).toBeGreaterThan(10);
    expect(stated.length).toBeGreaterThan(0);
    const held = await rows('select id, difficulty from deployment where difficulty is not null');
    expect(new Map(held.map(({ id, difficulty }) => [id, difficulty]))).toEqual(new Map([...open, ...stated]));
  });

  test('pulled again at the same moment changes nothing and keeps no more rows', async () => {
    const before = await rows('select count(*)::int from observation');
    for (const outcome of await pullAll()) expect(outcome.counts).toMatchObject({ accepted: 0, changes: 0 });
    expect(await rows('select count(*)::int from observation')).toEqual(before);
  });

  test('complete snapshots, however many, take nothing away of what is still said', async () => {
    for (let hour = 13; hour <= 18; hour += 1) {
      now = new Date(`2025-06-27T${hour}:00:00+07:00`);
      await pullAll();
    }
    const counts = await rows(
      `select (select count(*)::int from deployment) as deployment, (select count(*)::int from link where state is not null)
        as link, (select count(*)::int from service_coverage) as coverage,
        (select count(*)::int from observation where head and absent_count > 0) as absent`,
    );
    expect(counts).toEqual([{ deployment: 170, link: 306, coverage: 136, absent: 0 }]);
  });
});
