import { afterEach, expect, test } from '@jest/globals';
import { IsolationLevel } from '@mikro-orm/core';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { connectors } from '../../connectors/index.ts';
import { FAULT_NAMES, type FaultName } from '../../connectors/kit/sandbox/faults.ts';
import { createSeededRandom } from '../../connectors/kit/sandbox/seeded-random.ts';
import type { HiddenRow } from '../../connectors/kit/sandbox/server.ts';
import { startSandbox } from '../../connectors/sandbox.ts';
import { createSandboxClock, SANDBOX_END, SANDBOX_START } from '../../connectors/sandbox-clock.ts';
import { standIns } from '../../connectors/stand-ins.ts';
import { type CallTime, overLimit } from '../../connectors/testkit/over-limit.ts';
import { unexcused } from '../../connectors/testkit/withheld.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { CleanUps } from '../../src/composition/clean-ups.ts';
import { writeSandboxFile } from '../../src/composition/sandbox-file.ts';
import { readEmbeddedUrl } from '../../src/database/embedded/connection-file.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { realClock } from '../../src/lib/clock.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { isUnderstood, type RunReason } from '../connectors/support/run-reasons.ts';
import { startCallClock } from '../support/call-times.ts';
import { fleetDifferences, measurementDifferences } from './fleet-state.ts';
import { type HubProcess, useCommands } from './hub-process.ts';

/** Of the calls to each upstream, by each share of all faults. */
const FAULT_SHARE = 0.1;
const DAYS_TAKE_MS = 75_000;
const SPEED = (SANDBOX_END.getTime() - SANDBOX_START.getTime()) / DAYS_TAKE_MS;
const LIMIT_MS = 90_000;
/** Left out: a hang, which takes a minute of real time each and has its own case in the suite. */
const FAULTS = FAULT_NAMES.filter((name: FaultName) => name !== 'hang');
/**
 * Requests that are let out in order may catch up with each other on the way to the stand-in: one that has to connect
 * first goes out when its process, one of seven on this machine, next has a moment. Who asks faster for longer than that
 * is found out all the same, since what is missing adds up.
 */
const WIRE_MS = 1_000;

const commands = useCommands();
const cleanUps = new CleanUps();
afterEach(() => cleanUps.run());

test('ten days with every tenth call struck by a fault, and workers killed: nothing lost, nothing invented, no limit passed', async () => {
  const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
  process.stdout.write(`faults: FAULT_SEED=${seed}\n`);
  const random = createSeededRandom(seed);
  const anchorReal = new Date();
  const clock = createSandboxClock({
    anchorReal,
    speed: SPEED,
    start: SANDBOX_START,
    end: SANDBOX_END,
    clock: realClock,
  });
  const sandbox = await startSandbox({ port: 0, clock, seed, speed: SPEED });
  cleanUps.add(() => sandbox.stop());
  const calls = new Map<string, CallTime[]>();
  const callClock = startCallClock();
  cleanUps.add(async () => callClock.stop());
  sandbox.control.onCall((upstream) => {
    const { fromMs, toMs } = callClock.now();
    calls.set(upstream, [...(calls.get(upstream) ?? []), { fromMs: fromMs - WIRE_MS, toMs }]);
  });
  const hidden: HiddenRow[] = [];
  sandbox.control.onHidden((row) => hidden.push(row));
  // Those that only push are not asked.
  for (const { connector } of standIns.filter(({ create }) => create)) {
    for (const fault of FAULTS) {
      const faultSeed = Math.floor(random() * 2 ** 31);
      const probability = FAULT_SHARE / FAULTS.length;
      sandbox.control.addFault({ upstream: connector, fault, probability, seed: faultSeed, times: 1_000_000 });
    }
  }

  const { credentials } = sandbox;
  const port = Number(new URL(sandbox.address).port);
  const file = { anchorReal, speed: SPEED, seed, port, credentials };
  const dataDir = await commands.newDataDir();
  await writeSandboxFile(dataDir, file);
  const hub = await commands.startHub({ DATA_DIR: dataDir, SANDBOX_SPEED: String(SPEED), LOG_LEVEL: 'error' });
  const url = (await readEmbeddedUrl(dataDir)) ?? '';
  const startWorker = async (): Promise<HubProcess> => {
    const DATA_DIR = await commands.newDataDir();
    await writeSandboxFile(DATA_DIR, file);
    const env = { ROLE: 'worker', DATABASE_URL: url, SANDBOX_SPEED: String(SPEED), LOG_LEVEL: 'error' };
    return commands.startHub({ ...env, DATA_DIR });
  };
  // The hub works too, so there are three; these two are killed.
  const workers = [await startWorker(), await startWorker()];
  const database = await openDatabase({ url, applicationName: 'faults', poolMax: 2 });
  cleanUps.add(() => database.close());
  const rows = <Row extends object>(query: string) => database.fork().execute<Row[]>(query);

  let kills = 0;
  while (clock.now() < SANDBOX_END) {
    const until = new Date(clock.now().getTime() + (6 + 18 * random()) * 3_600_000);
    await waitUntil(() => clock.now() >= until || clock.now() >= SANDBOX_END, { limitMs: DAYS_TAKE_MS });
    const victim = kills % workers.length;
    await workers[victim]?.end('SIGKILL');
    kills += 1;
    workers[victim] = await startWorker();
  }
  const struck = sandbox.control;
  struck.clearFaults();

  const [{ lastRun }] = (await rows<{ lastRun: number }>(
    'select coalesce(max(id), 0)::int as "lastRun" from sync_run',
  )) as [{ lastRun: number }];
  const asked = createDefaultSources(sandbox).sources.filter(
    ({ connector }) => connectors.get(connector)?.spec().rateLimit,
  );
  let waiting: string[] = [];
  await waitUntil(
    async () => {
      // Two of each: the first may go on where a run was cut off, and then sees the rest only.
      const done = await rows<{ id: string }>(
        `select source_id as id from sync_run where id > ${lastRun} and state in ('SUCCEEDED', 'PARTIAL')
         and error_code is null group by 1 having count(*) >= 2`,
      );
      const ids = new Set(done.map(({ id }) => id));
      waiting = asked.map(({ id }) => id).filter((id) => !ids.has(id));
      return waiting.length === 0;
    },
    { limitMs: LIMIT_MS },
  );
  expect(waiting).toEqual([]);
  let differences: string[] = [];
  await waitUntil(
    async () => {
      differences = await fleetDifferences(hub.address, SANDBOX_END, seed);
      return differences.length === 0;
    },
    { limitMs: LIMIT_MS },
  );
  expect(differences).toEqual([]);
  for (const worker of workers) await worker.end('SIGTERM');

  const [totals] = (await rows<{ rejected: number; runs: number; failed: number }>(
    `select coalesce(sum(rejected), 0)::int as rejected, count(*)::int as runs,
       (count(*) filter (where state in ('FAILED', 'PARTIAL') and error_code is not null))::int as failed from sync_run`,
  )) as [{ rejected: number; runs: number; failed: number }];
  const { health, dossiers } = await measurementDifferences(database, SANDBOX_END, seed);
  expect([health.invented, dossiers.invented]).toEqual([[], []]);
  // What a list of news brought broken, or left out, it does not bring again once it is no news; the broken is kept with
  // its reason, and nothing else may be missing.
  const rejections = await rows<{ source: string; stream: string; record: Json }>(
    'select source_id as source, stream, record from rejection',
  );
  const missing = [...health.missing, ...dossiers.missing];
  const lost = Object.entries(Object.groupBy(missing, ({ source }) => source)).flatMap(([source, figures = []]) =>
    unexcused(
      figures.map(({ observation }) => observation),
      [...health.held, ...dossiers.held].filter((one) => one.source === source).map(({ observation }) => observation),
      {
        rejections: rejections.filter((rejection) => rejection.source === source),
        hidden: hidden.filter(({ upstream }) => upstream === source),
      },
      {
        streams: connectors.get(source)?.spec().streams ?? [],
        keyOf: standIns.find(({ connector }) => connector === source)?.suite?.keyOf,
      },
    ),
  );
  expect(lost).toEqual([]);
  const verify = () =>
    database.fork().transactional((em) => verifyState(em), { isolationLevel: IsolationLevel.REPEATABLE_READ });
  expect(await verify()).toEqual({ differences: 0, wrongHeads: 0 });

  const failed = await rows<RunReason & { source: string }>(
    'select distinct error_code as code, error_message as message, source_id as source from sync_run where error_code is not null',
  );
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.filter((failure) => !isUnderstood(failure))).toEqual([]);

  const over = asked.flatMap(({ id, connector }) => {
    const limit = connectors.get(connector)?.spec().rateLimit;
    const early = limit ? overLimit(calls.get(id) ?? [], limit) : [];
    return early.length === 0 ? [] : [`${id}: ${early.length} of ${calls.get(id)?.length} calls`];
  });
  expect(over).toEqual([]);
  const called = [...calls.values()].reduce((sum, times) => sum + times.length, 0);
  process.stdout.write(
    `faults: ${kills} workers killed; ${called} calls, ${totals.runs} runs, ${totals.failed} of them failed, ` +
      `${totals.rejected} records rejected, ${hidden.length} rows hidden; ${missing.length} of ${health.stored + dossiers.stored} figures were among them\n`,
  );
}, 360_000);
