import type { Observation } from '../../schema/observation.ts';
import { loadReference } from '../../seeds/reference.ts';
import { createReader } from '../../src/database/operations/read/reader.ts';
import { claimsOf } from '../../src/services/reading/claims.ts';
import { NOW } from '../../src/services/reading/clocks.ts';
import type { Reading } from '../../src/services/reading/reading.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { useDatabase } from '../support/database.ts';
import { deployment, page, pagesOf, runDependencies, standInSource } from './stand-in.ts';

const db = useDatabase();
const signal = new AbortController().signal;
/** Hub clock. */
const minute = (count: number): Date => new Date(Date.UTC(2026, 0, 1, 0, count));
const domain = new Date('2025-06-27T08:00:00Z');
const other = deployment('04', ['VNPT']);
const left = deployment('01', ['VNPT']);

/** A run of one page, which is all that the source lists. */
async function list(
  observations: Observation[],
  at: number,
  over: { askedAt?: number; range?: { from: Date; to: Date } } = {},
): Promise<void> {
  const { askedAt = at, range } = over;
  const read = pagesOf(
    page(observations, {
      requestedAt: minute(askedAt),
      domainRequestedAt: domain,
      snapshotComplete: { stream: 'systems', kinds: ['deployment'], startedAt: minute(askedAt) },
    }),
  );
  const clock = { now: () => minute(at) };
  const dependencies = await runDependencies(db.database(), { clock, domainClock: { now: () => domain } });
  const outcome = await runSource(dependencies, {
    source: standInSource(read),
    trigger: 'command',
    signal,
    ...(range && { range }),
  });
  expect(outcome.failure).toBeNull();
}

const present = async (): Promise<unknown[]> =>
  (await db.em().execute<{ id: string }[]>('select id from deployment order by id')).map(({ id }) => id);

beforeAll(async () => {
  await loadReference(db.em());
  await registerSources(db.em(), [standInSource(pagesOf()).definition], { simulated: true, now: minute(0) });
});

test('what a list leaves out for a while is back with the run that lists it again, and with none that asked before', async () => {
  await list([left, other], 1);
  for (const at of [10, 20, 30]) await list([other], at);
  expect(await present()).toEqual(['04:TTHC']);
  await list([left, other], 40, { range: { from: new Date('2025-06-01T00:00:00Z'), to: domain } });
  expect(await present()).toEqual(['04:TTHC']);
  await list([left, other], 41, { askedAt: 29 });
  expect(await present()).toEqual(['04:TTHC']);
  await list([left, other], 50);
  expect(await present()).toEqual(['01:TTHC', '04:TTHC']);
  for (const at of [60, 70, 80, 90]) await list([left, other], at);
  expect(await present()).toEqual(['01:TTHC', '04:TTHC']);

  const reader = createReader(db.em().getKysely() as never);
  const claims = await claimsOf({ reader, memory: new Map() } as unknown as Reading, 'deployment', '01:TTHC', NOW);
  expect(claims.map(({ observedAt, seenAt }) => [new Date(observedAt), new Date(seenAt)])).toEqual([
    [new Date('2025-06-27T05:15:00Z'), minute(90)],
  ]);
});
