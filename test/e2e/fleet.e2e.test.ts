import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
import { SANDBOX_END, SANDBOX_START } from '../../connectors/sandbox-clock.ts';
import { loadReadiness } from '../../seeds/facts.ts';
import { CleanUps } from '../../src/composition/clean-ups.ts';
import { writeSandboxFile } from '../../src/composition/sandbox-file.ts';
import { readEmbeddedUrl } from '../../src/database/embedded/connection-file.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { fleetDifferences, measurementDifferences, sourcesOf } from './fleet-state.ts';
import { askHub, useCommands } from './hub-process.ts';

const SEED = 20_250_701;
const SPEED = 1_440;
const LIMIT_MS = 180_000;
const commands = useCommands();
const cleanUps = new CleanUps();
afterEach(() => cleanUps.run());

/** The most memory that a process has held, in MiB. */
async function peakMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
}

test('from an empty database every source is read, and province by province the hub tells what the stand-ins hold', async () => {
  // The ten days are over, so that the stand-ins' clock stands still while everything is read.
  const DATA_DIR = await commands.newDataDir();
  const daysMs = SANDBOX_END.getTime() - SANDBOX_START.getTime();
  const anchorReal = new Date(Date.now() - daysMs / SPEED);
  await writeSandboxFile(DATA_DIR, { anchorReal, speed: SPEED, seed: SEED, port: 1, credentials: {} });
  const began = performance.now();
  const hub = await commands.startHub({ DATA_DIR, SANDBOX_SPEED: String(SPEED), LOG_LEVEL: 'error' });
  const startedMs = performance.now() - began;

  let silent: string[] = [];
  const allHeard = await waitUntil(
    async () => {
      const sources = await sourcesOf(hub.address);
      silent = sources
        .filter(({ kind, lastSuccessAt }) => kind !== 'OPERATOR' && lastSuccessAt === null)
        .map(({ code }) => code);
      return silent.length === 0;
    },
    { limitMs: LIMIT_MS },
  );
  expect([allHeard, silent]).toEqual([true, []]);
  const readMs = performance.now() - began - startedMs;

  // Of those that push some report a while after they were started.
  let differences: string[] = [];
  await waitUntil(
    async () => {
      differences = await fleetDifferences(hub.address, SANDBOX_END, SEED);
      return differences.length === 0;
    },
    { limitMs: 60_000 },
  );
  expect(differences).toEqual([]);

  const database = await openDatabase({
    url: (await readEmbeddedUrl(DATA_DIR)) ?? '',
    applicationName: 'fleet',
    poolMax: 2,
  });
  cleanUps.add(() => database.close());
  // The first read of a list of news goes back a week.
  const since = new Date(SANDBOX_END.getTime() - 7 * 86_400_000);
  const { health, dossiers } = await measurementDifferences(database, SANDBOX_END, SEED, since);
  expect([health.missing, health.invented]).toEqual([[], []]);
  expect([dossiers.missing, dossiers.invented]).toEqual([[], []]);
  expect(await database.fork().transactional((em) => verifyState(em))).toEqual({ differences: 0, wrongHeads: 0 });

  // The facts of June, asked for at their time, though all of it was read in July.
  type Criteria = { criteria: { code: string; completedCount: number }[] };
  const { criteria } = await askHub<Criteria>(
    hub.address,
    '{ criteria(asOf: "2025-06-27T12:15:00+07:00") { code completedCount } }',
  );
  expect(criteria).toEqual(loadReadiness().criteria.map(({ id, completedCount }) => ({ code: id, completedCount })));

  const count = (await sourcesOf(hub.address)).length;
  process.stdout.write(
    `fleet: ${count} sources; ready after ${(startedMs / 1000).toFixed(1)} s, all of them read ${(readMs / 1000).toFixed(1)} s later; ` +
      `${health.stored} health and ${dossiers.stored} dossier rows; the hub held at most ${await peakMiB(hub.pid)} MiB\n`,
  );
}, 300_000);
