import { sql } from 'kysely';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { factKinds } from '../../schema/kinds/index.ts';
import { completeSnapshot } from '../../src/unify/absence.ts';
import type { IngestRequest } from '../../src/unify/ingest.ts';
import { recompute, verifyState } from '../../src/unify/recompute.ts';
import { sweepStaleness } from '../../src/unify/staleness.ts';
import { claimsRelation, type ReadClocks, stateRelation } from '../../src/unify/state-relation.ts';
import { useDatabase } from '../support/database.ts';
import { addSource, changesAfter, deployment, hours, recorded, storedState, tell } from './support.ts';

const store = useDatabase();
const db = () => store.em().getKysely() as never;

/** The source says a status of its own time, at a minute of the hub clock. */
const say = (status: string, hour: number, minute: number, more: Partial<IngestRequest> = {}) =>
  tell(store.em(), 'ministry', [deployment('01', { status }, hours(hour))], { recordedAt: recorded(minute), ...more });

/** The source says by itself that it has gone, and no time: asked at an hour of the domain. */
const remove = (hour: number, minute: number, more: Partial<IngestRequest> = {}) =>
  tell(store.em(), 'ministry', [deployment('01', { status: null }, hours(0), { observedAt: null, retract: true })], {
    requestedAt: hours(hour),
    recordedAt: recorded(minute),
    ...more,
  });

/** A complete snapshot; it does not hold what was not said at its minute. */
const snapshot = (hour: number, minute: number) =>
  store.em().transactional((tx) =>
    completeSnapshot(tx, {
      sourceId: 'ministry',
      stream: 'main',
      kinds: ['deployment'],
      startedAt: recorded(minute),
      now: recorded(minute),
      observedAt: hours(hour),
      runId: null,
    }),
  );

/** Two snapshots without it, which is what the source is configured to take for gone. */
async function vanish(hour: number, minute: number): Promise<void> {
  await snapshot(hour, minute - 1);
  await snapshot(hour, minute);
}

async function status(clocks: Partial<ReadClocks> = {}): Promise<Json | undefined> {
  const relation = stateRelation(factKinds.deployment, { asOf: null, knownAt: null, ...clocks });
  const { rows } = await sql<{ attributes: Record<string, Json> }>`
    select s.attributes from ${relation} as s where s.id = '01:TTHC'`.execute(db());
  return rows[0]?.attributes.status;
}

async function rowCount(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from observation`.execute(db());
  return rows[0]?.count ?? 0;
}

beforeAll(async () => {
  await addSource(store.em(), 'ministry', 10, 3600);
});

beforeEach(async () => {
  await sql`truncate observation, deployment, conflict, change`.execute(db());
});

afterEach(async () => {
  expect(await verifyState(store.em())).toEqual({ differences: 0, wrongHeads: 0 });
});

test('what is listed again with the time that it had is back', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  expect(await status()).toBeUndefined();
  expect(await say('READY', 1, 20)).toMatchObject({ accepted: 1, changes: 1 });
  expect(await status()).toBe('READY');
  expect((await changesAfter(store.em(), 0)).at(-1)).toMatchObject({ operation: 'CREATED', cause: 'OBSERVED' });
});

test('what is back is one and the same statement each time that it is said, and never turns stale meanwhile', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await say('READY', 1, 20);
  const [before, rows] = [await changesAfter(store.em(), 0), await rowCount()];
  for (const minute of [50, 80, 110, 140]) {
    expect(await say('READY', 1, minute)).toEqual({ accepted: 0, unchanged: 1, changes: 0, lastSeq: null });
    await snapshot(6, minute);
    await store.em().transactional((tx) => sweepStaleness(tx, { now: recorded(minute + 1) }));
  }
  expect([await changesAfter(store.em(), 0), await rowCount()]).toEqual([before, rows]);
  expect(await store.em().transactional((tx) => recompute(tx, { now: recorded(141) }))).toMatchObject({ changes: 0 });
  await store.em().transactional((tx) => sweepStaleness(tx, { now: recorded(201) }));
  expect((await changesAfter(store.em(), 0)).at(-1)).toMatchObject({ cause: 'STALE', attributes: ['staleSince'] });
});

test.each([
  ['newer than what was said before it went', 3],
  ['older than what was said before it went', 0.5],
])('it comes back with another value, %s', async (_, hour) => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await say('PILOT', hour, 20);
  expect(await status()).toBe('PILOT');
  expect(await say('PILOT', hour, 21)).toMatchObject({ accepted: 0, changes: 0 });
});

test('once it is back, its own times order what is said, before and after the time at which it went', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await say('READY', 1, 20);
  await say('PILOT', 3, 21);
  expect(await status()).toBe('PILOT');
  // Delivered again, out of order: older than what is held.
  for (const minute of [22, 23]) expect(await say('READY', 1, minute)).toMatchObject({ accepted: 0, changes: 0 });
  await say('CONFIGURING', 2, 24);
  expect(await status()).toBe('PILOT');
  // The same value of a newer time moves what counts as older.
  expect(await say('PILOT', 4, 25)).toMatchObject({ accepted: 0, changes: 0 });
  await say('CONFIGURING', 3.5, 26);
  expect(await status()).toBe('PILOT');
  await say('OPERATING', 7, 27);
  expect(await status()).toBe('OPERATING');
  const rows = await rowCount();
  for (const [value, hour] of [
    ['PILOT', 4],
    ['PILOT', 3],
    ['READY', 1],
    ['CONFIGURING', 2],
  ] as const) {
    expect(await say(value, hour, 28)).toMatchObject({ accepted: 0, changes: 0 });
  }
  expect([await status(), await rowCount()]).toEqual(['OPERATING', rows]);
});

test('of several statements of one batch that bring it back the newest by its own time counts', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  const both = [deployment('01', { status: 'PILOT' }, hours(3)), deployment('01', { status: 'READY' }, hours(1))];
  await tell(store.em(), 'ministry', both, { recordedAt: recorded(20) });
  expect(await status()).toBe('PILOT');
});

test('an answer that says it and takes it back at once says that it is gone, each time that it comes', async () => {
  const removal = deployment('01', { status: null }, hours(0), { observedAt: null, retract: true });
  const contradiction = [removal, deployment('01', { status: 'READY' }, hours(1))];
  const counts: number[] = [];
  for (const at of [5, 6, 7]) {
    await tell(store.em(), 'ministry', contradiction, { requestedAt: hours(at), recordedAt: recorded(at) });
    expect(await status()).toBeUndefined();
    counts.push(await rowCount());
  }
  expect(counts).toEqual([2, 2, 2]);
  expect(await changesAfter(store.em(), 0)).toEqual([]);
});

test('it may go and come back any number of times, also while the clock of the domain stands', async () => {
  await say('READY', 1, 1);
  for (const round of [1, 2, 3]) {
    await vanish(5, round * 100);
    expect(await status()).toBeUndefined();
    await say('READY', 1, round * 100 + 10);
    expect(await status()).toBe('READY');
    await remove(5, round * 100 + 20);
    expect(await status()).toBeUndefined();
    await say('READY', 1, round * 100 + 30);
    expect(await status()).toBe('READY');
  }
  expect(await changesAfter(store.em(), 0)).toHaveLength(1 + 3 * 5);
});

test('asOf and knownAt see it there, gone, and back', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await say('READY', 1, 20);
  const at = (asOf: number | null, knownAt: number | null) =>
    status({ asOf: asOf === null ? null : hours(asOf), knownAt: knownAt === null ? null : recorded(knownAt) });
  expect(await at(0.5, null)).toBeUndefined();
  expect(await at(2, null)).toBe('READY');
  expect(await at(6, null)).toBe('READY');
  expect(await at(6, 20)).toBe('READY');
  expect(await at(6, 15)).toBeUndefined();
  expect(await at(null, 15)).toBeUndefined();
  expect(await at(2, 15)).toBe('READY');
  expect(await at(6, 5)).toBe('READY');
});

test('with a time of its own after that at which it went it is a statement as any other', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await say('READY', 1, 20);
  expect(await say('READY', 7, 21)).toMatchObject({ accepted: 1, changes: 0 });
  expect(await say('READY', 8, 22)).toMatchObject({ accepted: 0, changes: 0 });
  const { rows } = await sql<{ from: string; until: string; isBack: boolean }>`
    select observed_from as "from", observed_until as until, coalesce(detail ? 'returned', false) as "isBack"
    from observation where head`.execute(db());
  expect(rows.map((row) => [new Date(row.from), new Date(row.until), row.isBack])).toEqual([
    [hours(7), hours(8), false],
  ]);
});

test('who says so is told with the time of the source itself beside the one that counts', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await say('READY', 1, 20);
  const clocks = { asOf: null, knownAt: null };
  const { rows } = await sql<{ own: string; at: string }>`
    select detail->'returned'->>'observedAt' as own, observed_at as at
    from ${claimsRelation(factKinds.deployment, ['01:TTHC'], clocks)} as c`.execute(db());
  expect(rows.map(({ own, at }) => [new Date(own), new Date(at)])).toEqual([[hours(1), hours(5)]]);
});

test('answers of before that are told anew bring nothing back, and nothing that was read of the past does', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await say('READY', 1, 20, { seenAt: recorded(1) });
  await say('PILOT', 3, 21, { seenAt: recorded(10) });
  await say('OPERATING', 4, 22, { askedAt: null });
  await say('OPERATING', 4, 23, { askedAt: recorded(9) });
  expect(await status()).toBeUndefined();
  await say('READY', 1, 24, { seenAt: recorded(11) });
  expect(await status()).toBe('READY');
  await say('CONFIGURING', 4.5, 25, { seenAt: recorded(10) });
  expect(await status()).toBe('READY');
});

test('a removal that the source tells without a time is taken back likewise, and told anew takes nothing away', async () => {
  await say('READY', 1, 1);
  await remove(5, 10);
  expect(await status()).toBeUndefined();
  expect(await remove(5, 11)).toMatchObject({ accepted: 0, changes: 0 });
  await say('READY', 1, 20);
  expect(await status()).toBe('READY');
  expect(await remove(5, 21, { seenAt: recorded(10) })).toMatchObject({ accepted: 0, changes: 0 });
  expect(await remove(4, 22, { seenAt: recorded(9) })).toMatchObject({ changes: 0 });
  expect(await status()).toBe('READY');
  await remove(4, 30);
  expect(await status()).toBeUndefined();
  const rows = await rowCount();
  for (const minute of [31, 32]) await remove(4.5, minute);
  expect(await rowCount()).toBe(rows);
});

test('an absence that was noted before there was evidence of it is taken back too', async () => {
  await say('READY', 1, 1);
  await vanish(5, 10);
  await sql`update observation set evidence = '{}' where retracted`.execute(db());
  await say('READY', 1, 20);
  expect(await status()).toBe('READY');
});

test('a removal takes back what was said of a time ahead of the clock of the hub', async () => {
  await say('READY', 5.1, 1);
  await remove(5, 2);
  expect(await status()).toBeUndefined();
  await say('READY', 5.1, 3);
  expect(await status()).toBe('READY');
});

test('a removal of which the source tells the time is ordered by it', async () => {
  const retract = { retract: true };
  await say('READY', 1, 1);
  await tell(store.em(), 'ministry', [deployment('01', { status: null }, hours(5), retract)], {
    recordedAt: recorded(2),
  });
  await say('READY', 1, 20);
  await say('PILOT', 4, 21);
  expect(await status()).toBeUndefined();
});

test('what is missing from one snapshot and is back in the next was never gone', async () => {
  await say('READY', 1, 1);
  for (const minute of [10, 20, 30]) {
    await snapshot(minute, minute);
    await say('READY', 1, minute + 5);
    await snapshot(minute, minute + 5);
  }
  const log = await changesAfter(store.em(), 0);
  expect(log.filter(({ operation }) => operation === 'REMOVED')).toEqual([]);
  expect((await storedState(store.em(), 'deployment')).get('01:TTHC')?.attributes).toEqual({ status: 'READY' });
  expect(await rowCount()).toBe(1);
});

test('a source that is silent, and never lists all that it has, takes nothing back', async () => {
  await say('READY', 1, 1);
  await store.em().transactional((tx) => sweepStaleness(tx, { now: recorded(1000) }));
  expect(await status()).toBe('READY');
});

test('what a detail says of a return is not believed of a source', async () => {
  const detail = { returned: { from: hours(0).toISOString(), observedAt: hours(0).toISOString() }, absent: true };
  await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(5), { detail })]);
  await say('PILOT', 3, 1);
  expect(await status()).toBe('READY');
});
