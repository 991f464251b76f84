import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { connectors } from '../../connectors/index.ts';
import { FAULT_NAMES, type FaultName } from '../../connectors/kit/sandbox/faults.ts';
import { createSeededRandom } from '../../connectors/kit/sandbox/seeded-random.ts';
import type { HiddenRow } from '../../connectors/kit/sandbox/server.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import { type Sandbox, startSandbox } from '../../connectors/sandbox.ts';
import { textOf } from '../../connectors/testkit/read-all.ts';
import { createVirtualTime } from '../../connectors/testkit/virtual-time.ts';
import { unexcused } from '../../connectors/testkit/withheld.ts';
import type { ServiceHealthMeasurement } from '../../schema/observation.ts';
import { loadReference } from '../../seeds/reference.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { type RunOutcome, runSource } from '../../src/sync/run-source.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { type TestDatabase, useDatabase } from '../support/database.ts';

const SEED = Number(process.env.FAULT_SEED ?? 7);
const MOMENTS = ['26T12:15', '27T08:30', '27T12:15'].map((moment) => new Date(`2025-06-${moment}:00+07:00`));
/** One of each kind of paging and format; one province stands for all that have its platform. */
const READ = [
  'khcn',
  'dvcqg',
  'vnpt',
  'fpt',
  'mobifone',
  'tandan',
  'inet',
  'unitech',
  'bkav',
  'bt',
  'lgsp-79',
  'lgsp-19',
];
/** A hang takes real time, and a huge field much of it. */
const LEFT_OUT: readonly FaultName[] = ['hang', 'huge-field'];
const FAULTS = FAULT_NAMES.filter((name) => !LEFT_OUT.includes(name));
const STATE = ['deployment', 'readiness', 'link', 'service_coverage', 'vendor_count', 'criterion_count'];
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A row of the store as the observation that it came from. */
const healthIn = (row: Record<string, unknown>): ServiceHealthMeasurement => ({
  class: 'measurement',
  kind: 'serviceHealth',
  key: {
    province: String(row.province_code),
    system: String(row.system_code),
    vendor: String(row.vendor_code),
  },
  measuredAt: new Date(row.measured_at as string),
  values: {
    uptimePercent: Number(row.uptime_percent),
    cpuPercent: Number(row.cpu_percent),
    memoryPercent: Number(row.memory_percent),
    trafficMbps: Number(row.traffic_mbps),
    alerts: Number(row.alerts),
  },
});

describe('two hubs on the same upstreams, one of which meets faults', () => {
  const struck = useDatabase();
  const spared = useDatabase();
  let now = MOMENTS[0] as Date;
  let hubNow = Date.now();
  const domainClock = { now: () => now };
  const { sleep, monotonicMs } = createVirtualTime();
  const shared = createSharedState({ sleep, monotonicMs });
  let sandbox: Sandbox;
  let sources: ConfiguredSource[];
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, clock: domainClock, seed: 2025 });
    const file = createDefaultSources(sandbox);
    sources = file.sources
      .filter(({ id }) => READ.includes(id))
      .map((definition) => ({
        definition,
        connector: connectors.get(definition.connector) as ConfiguredSource['connector'],
        credentials: Object.fromEntries(
          Object.entries(definition.credentials).map(([name, variable]) => [name, sandbox.credentials[variable] ?? '']),
        ),
      }));
    for (const database of [struck, spared]) {
      await database.em().transactional((em) => loadReference(em));
      await registerSources(database.em(), file.sources, { simulated: true, now: new Date() });
    }
  });
  afterAll(async () => {
    shared.close();
    await sandbox.stop();
  });

  const readAll = async (database: TestDatabase): Promise<RunOutcome[]> => {
    const outcomes: RunOutcome[] = [];
    for (const source of sources) {
      const dependencies = {
        database: database.database(),
        clock: { now: () => new Date(hubNow) },
        domainClock,
        random: createSeededRandom(SEED),
        logger: silent,
        me: { name: 'test', active: new Set<number>() },
        shared,
      };
      const signal = new AbortController().signal;
      outcomes.push(await runSource(dependencies as never, { source, trigger: 'command', signal }));
    }
    return outcomes;
  };
  const rows = (database: TestDatabase, query: string) => database.em().execute<Record<string, unknown>[]>(query);
  const stateOf = async (database: TestDatabase) => {
    const tables = STATE.map((table) => rows(database, `select id, attributes, conflicted from ${table} order by id`));
    const open = rows(
      database,
      `select kind, entity_id, attribute, claims from conflict where closed_at is null order by 1, 2, 3`,
    );
    return Promise.all([...tables, open]);
  };
  const healthOf = async (database: TestDatabase) => {
    const stored = await rows(database, 'select * from service_health order by source_id, revision');
    return stored.map((row) => ({ source: String(row.source_id), observation: healthIn(row) }));
  };

  test(`hold the same once the faults are over (FAULT_SEED=${SEED})`, async () => {
    const random = createSeededRandom(SEED);
    const hidden: HiddenRow[] = [];
    sandbox.control.onHidden((row) => hidden.push(row));
    let failed = 0;
    for (now of MOMENTS) {
      sandbox.control.clearFaults();
      await readAll(spared);
      for (const fault of FAULTS) {
        for (const { definition } of sources) {
          const seed = Math.floor(random() * 2 ** 31);
          sandbox.control.addFault({ upstream: definition.id, fault, probability: 0.02, seed, times: 1000 });
        }
      }
      for (let run = 0; run < 3; run += 1) {
        const outcomes = await readAll(struck);
        failed += outcomes.filter(({ failure }) => failure !== null).length;
      }
    }
    expect(failed).toBeGreaterThan(0);
    sandbox.control.clearFaults();
    // Two: the first may go on where one broke off, and then sees the rest only.
    for (let run = 0; run < 2; run += 1) {
      // What is asked for conditionally is asked for in full once a minute.
      hubNow += 61_000;
      for (const outcome of await readAll(struck)) expect(outcome).toMatchObject({ failure: null });
      for (const outcome of await readAll(spared)) expect(outcome).toMatchObject({ failure: null });
    }
    expect(await stateOf(struck)).toEqual(await stateOf(spared));
    const [told, held] = [await healthOf(struck), await healthOf(spared)];
    const heldTexts = new Set(held.map(({ observation }) => textOf(observation)));
    const toldTexts = new Set(told.map(({ observation }) => textOf(observation)));
    expect([...toldTexts].filter((text) => !heldTexts.has(text))).toEqual([]);
    // What was rejected is kept with its reason; what a list of news hid until it is no news nobody can know.
    const rejections = await rows(struck, 'select source_id, stream, record from rejection');
    for (const { definition, connector } of sources) {
      const ofSource = held.filter(({ source }) => source === definition.id).map(({ observation }) => observation);
      const missing = ofSource.filter((observation) => !toldTexts.has(textOf(observation)));
      const withheld = {
        rejections: rejections.filter(({ source_id }) => source_id === definition.id) as never,
        hidden: hidden.filter(({ upstream }) => upstream === definition.id),
      };
      expect(unexcused(missing, ofSource, withheld, connector.spec())).toEqual([]);
    }
    expect(await struck.em().transactional((em) => verifyState(em))).toEqual({ differences: 0, wrongHeads: 0 });
  }, 240_000);
});
