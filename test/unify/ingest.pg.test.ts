import { sql } from 'kysely';
import { completeSnapshot } from '../../src/unify/absence.ts';
import { applyCorrection, withdrawCorrection } from '../../src/unify/corrections.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { sweepStaleness } from '../../src/unify/staleness.ts';
import { useDatabase } from '../support/database.ts';
import { ingestMeasurements } from '../support/ingest-measurements.ts';
import { addSource, changesAfter, deployment, hours, recorded, storedState, tell } from './support.ts';

const store = useDatabase();

async function rows(): Promise<number> {
  const result = await sql<{ count: number }>`select count(*)::int as count from observation`.execute(
    store.em().getKysely() as never,
  );
  return result.rows[0]?.count ?? 0;
}

beforeAll(async () => {
  await addSource(store.em(), 'ministry', 10, 3600);
  await addSource(store.em(), 'vendor', 20, 3600);
});

beforeEach(async () => {
  await sql`truncate observation, deployment, conflict, change, correction`.execute(store.em().getKysely() as never);
});

afterEach(async () => {
  expect(await verifyState(store.em())).toEqual({ differences: 0, wrongHeads: 0 });
});

test('the same observation twice changes nothing', async () => {
  const first = await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(1))]);
  const second = await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(1))]);
  expect(first).toMatchObject({ accepted: 1, unchanged: 0, changes: 1 });
  expect(second).toEqual({ accepted: 0, unchanged: 1, changes: 0, lastSeq: null });
  expect(await rows()).toBe(1);
});

test('saying the same again later only extends the time it was last seen', async () => {
  for (let hour = 1; hour <= 5; hour++) {
    await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(hour))], {
      recordedAt: recorded(hour),
    });
  }
  const { rows: stored } = await sql<{ from: Date; until: Date; seen: Date }>`
    select observed_from as "from", observed_until as until, seen_at as seen from observation`.execute(
    store.em().getKysely() as never,
  );
  const times = stored.map((row) => Object.values(row).map((time) => new Date(time).toISOString()));
  expect(times).toEqual([[hours(1), hours(5), recorded(5)].map((time) => time.toISOString())]);
  expect(await changesAfter(store.em(), 0)).toHaveLength(1);
});

test('a partial observation leaves what it does not speak of', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { status: 'READY', vendors: ['VNPT'] }, hours(1))]);
  await tell(store.em(), 'ministry', [deployment('01', { status: 'OPERATING' }, hours(2))]);
  expect((await storedState(store.em(), 'deployment')).get('01:TTHC')?.attributes).toEqual({
    status: 'OPERATING',
    vendors: ['VNPT'],
  });
});

test('a late observation does not touch the present', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { status: 'OPERATING' }, hours(9))]);
  const late = await tell(store.em(), 'ministry', [deployment('01', { status: 'PILOT' }, hours(3))]);
  expect(late).toMatchObject({ accepted: 1, changes: 0 });
});

test('lists of codes agree in whatever order, and texts agree in NFC and NFD', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { vendors: ['VNPT', 'HAPRO'], status: 'READY' }, hours(1))]);
  await tell(store.em(), 'vendor', [deployment('01', { vendors: ['HAPRO', 'VNPT', 'VNPT'] }, hours(1))]);
  expect((await storedState(store.em(), 'deployment')).get('01:TTHC')?.conflicted).toEqual([]);
  await tell(store.em(), 'ministry', [deployment('04', { note: 'Đã sẵn sàng'.normalize('NFC') }, hours(1))]);
  const again = await tell(store.em(), 'ministry', [
    deployment('04', { note: 'Đã sẵn sàng'.normalize('NFD') }, hours(1)),
  ]);
  expect(again.accepted).toBe(0);
});

test('a conflict opens when two fresh sources disagree and closes by itself once they agree', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(1))]);
  await tell(store.em(), 'vendor', [deployment('01', { status: 'PILOT' }, hours(2))]);
  const opened = (await storedState(store.em(), 'deployment')).get('01:TTHC');
  expect(opened).toEqual({
    attributes: { status: 'READY' },
    conflicted: ['status'],
    conflicts: { status: { ministry: 'READY', vendor: 'PILOT' } },
  });
  await tell(store.em(), 'vendor', [deployment('01', { status: 'READY' }, hours(3))]);
  const log = await changesAfter(store.em(), 0);
  expect(log.map(({ kind, operation }) => `${kind} ${operation}`)).toEqual([
    'deployment CREATED',
    'deployment UPDATED',
    'conflict CREATED',
    'deployment UPDATED',
    'conflict REMOVED',
  ]);
  expect(log[2]?.provinceCode).toBe('01');
  const { rows: conflicts } = await sql<{
    closed: boolean;
  }>`select closed_at is not null as closed from conflict`.execute(store.em().getKysely() as never);
  expect(conflicts).toEqual([{ closed: true }]);
});

test('a stale claim loses to a fresh one, and what nobody repeats keeps its value and says since when it is stale', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(1))], { recordedAt: recorded(0) });
  await tell(store.em(), 'vendor', [deployment('01', { status: 'PILOT' }, hours(1))], { recordedAt: recorded(30) });
  await store.em().transactional((tx) => sweepStaleness(tx, { now: recorded(70) }));
  expect((await storedState(store.em(), 'deployment')).get('01:TTHC')).toMatchObject({
    attributes: { status: 'PILOT' },
    conflicted: [],
  });
  await store.em().transactional((tx) => sweepStaleness(tx, { now: recorded(120) }));
  const last = (await changesAfter(store.em(), 0)).at(-1);
  expect(last).toMatchObject({
    cause: 'STALE',
    attributes: ['staleSince', 'status'],
  });
  expect(last?.after?.staleSince).toBe(recorded(60).toISOString());
  const fresh = await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(1))], {
    recordedAt: recorded(121),
  });
  expect(fresh).toMatchObject({ accepted: 0, unchanged: 1, changes: 1 });
});

test('an operator correction wins, is no conflict, and can be withdrawn', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { status: 'READY', note: 'x' }, hours(5))]);
  const correction = {
    id: 'c1',
    kind: 'deployment' as const,
    entityId: '01:TTHC',
    attributes: { status: 'PILOT', note: null },
    reason: 'seen on site',
    by: 'key-1',
  };
  await store
    .em()
    .transactional((tx) => applyCorrection(tx, correction, { recordedAt: recorded(1), observedAt: hours(2) }));
  expect((await storedState(store.em(), 'deployment')).get('01:TTHC')).toMatchObject({
    attributes: { status: 'PILOT', note: null },
    conflicted: [],
  });
  await store
    .em()
    .transactional((tx) =>
      applyCorrection(
        tx,
        { ...correction, id: 'c2', attributes: { status: 'OPERATING' } },
        { recordedAt: recorded(2), observedAt: hours(2) },
      ),
    );
  const withdraw = (id: string, minute: number) =>
    store
      .em()
      .transactional((tx) =>
        withdrawCorrection(
          tx,
          { id, by: 'key-1', reason: null },
          { recordedAt: recorded(minute), observedAt: hours(2) },
        ),
      );
  await withdraw('c1', 3);
  expect((await storedState(store.em(), 'deployment')).get('01:TTHC')?.attributes).toEqual({
    status: 'OPERATING',
    note: 'x',
  });
  await withdraw('c2', 4);
  expect((await storedState(store.em(), 'deployment')).get('01:TTHC')?.attributes).toEqual({
    status: 'READY',
    note: 'x',
  });
  expect(await withdraw('c2', 5)).toBeNull();
});

test('two corrections to the same value are two: withdrawing the first leaves the second', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(5))]);
  const correct = (id: string, minute: number) =>
    store
      .em()
      .transactional((tx) =>
        applyCorrection(
          tx,
          { id, kind: 'deployment', entityId: '01:TTHC', attributes: { status: 'PILOT' }, reason: 'seen', by: 'key-1' },
          { recordedAt: recorded(minute), observedAt: hours(2) },
        ),
      );
  const withdraw = (id: string, minute: number) =>
    store
      .em()
      .transactional((tx) =>
        withdrawCorrection(
          tx,
          { id, by: 'key-1', reason: null },
          { recordedAt: recorded(minute), observedAt: hours(2) },
        ),
      );
  const status = async () => (await storedState(store.em(), 'deployment')).get('01:TTHC')?.attributes.status;
  await correct('c1', 1);
  await correct('c2', 2);
  await withdraw('c1', 3);
  expect(await status()).toBe('PILOT');
  await withdraw('c2', 4);
  expect(await status()).toBe('READY');
});

test('the same value on other evidence is told apart, and changes no state', async () => {
  await tell(store.em(), 'ministry', [
    deployment('01', { status: 'READY' }, hours(1), { detail: { simulated: true } }),
  ]);
  const stated = deployment('01', { status: 'READY' }, hours(2), {
    detail: { document: 'report.txt', correlationId: 'x' },
  });
  expect(await tell(store.em(), 'ministry', [stated])).toMatchObject({ accepted: 1, changes: 0 });
  const repeated = { ...stated, observedAt: hours(3), detail: { document: 'report.txt', correlationId: 'y' } };
  expect(await tell(store.em(), 'ministry', [repeated])).toMatchObject({ accepted: 0, changes: 0 });
  expect(await rows()).toBe(2);
});

test('what a full snapshot no longer names turns stale, and is gone after the configured number of snapshots', async () => {
  await tell(store.em(), 'vendor', [
    deployment('01', { status: 'READY' }, hours(1)),
    deployment('04', { status: 'READY' }, hours(1)),
  ]);
  const snapshot = async (minute: number) => {
    await tell(store.em(), 'vendor', [deployment('01', { status: 'READY' }, hours(1))], {
      recordedAt: recorded(minute),
    });
    return store.em().transactional((tx) =>
      completeSnapshot(tx, {
        sourceId: 'vendor',
        stream: 'main',
        kinds: ['deployment'],
        startedAt: recorded(minute),
        now: recorded(minute),
        observedAt: hours(minute),
        runId: null,
      }),
    );
  };
  expect((await snapshot(10)).changes).toBe(1);
  expect((await changesAfter(store.em(), 0)).at(-1)).toMatchObject({
    entityId: '04:TTHC',
    operation: 'UPDATED',
    cause: 'ABSENT',
  });
  expect((await snapshot(20)).changes).toBe(1);
  expect((await changesAfter(store.em(), 0)).at(-1)).toMatchObject({
    entityId: '04:TTHC',
    operation: 'REMOVED',
    sources: ['vendor'],
  });
  expect([...(await storedState(store.em(), 'deployment')).keys()]).toEqual(['01:TTHC']);
});

test('an unknown attribute is refused and nothing is stored', async () => {
  await expect(tell(store.em(), 'ministry', [deployment('01', { colour: 'red' }, hours(1))])).rejects.toThrow(
    'has no attribute colour',
  );
  expect(await rows()).toBe(0);
});

test('measurements are kept once, by entity, source and time, in partitions by month', async () => {
  const measurement = {
    class: 'measurement' as const,
    kind: 'serviceHealth' as const,
    key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
    measuredAt: hours(1),
    values: { uptimePercent: 99.5, cpuPercent: 40, memoryPercent: 50, trafficMbps: 120, alerts: 0 },
  };
  const add = () =>
    store.em().transactional((tx) =>
      ingestMeasurements(tx, {
        sourceId: 'vendor',
        runId: null,
        measurements: [measurement],
        recordedAt: recorded(1),
      }),
    );
  expect(await add()).toMatchObject({ accepted: 1, unchanged: 0 });
  expect(await add()).toMatchObject({ accepted: 0, unchanged: 1 });
  const { rows: partitions } = await sql<{
    name: string;
  }>`select tableoid::regclass::text as name from service_health`.execute(store.em().getKysely() as never);
  expect(partitions).toEqual([{ name: 'service_health_2025_06' }]);
});

test('measurements of several kinds are kept in one go, each in its table', async () => {
  const health = {
    class: 'measurement' as const,
    kind: 'serviceHealth' as const,
    key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
    measuredAt: hours(2),
    values: { uptimePercent: 99.5, cpuPercent: 40, memoryPercent: 50, trafficMbps: 120, alerts: 0 },
  };
  const usage = {
    class: 'measurement' as const,
    kind: 'usageStatistics' as const,
    key: { unit: 'FP-AN-GIANG' },
    periodStart: hours(0),
    periodEnd: hours(168),
    values: { users: 87, logins: 722, documentsIn: 2, documentsOut: 52, documentsPassedOn: 84 },
    detail: { document: 'a.txt' },
  };
  const batch = { sourceId: 'vendor', runId: null, measurements: [usage, health, usage], recordedAt: recorded(1) };
  const add = () => store.em().transactional((tx) => ingestMeasurements(tx, batch));
  expect(await add()).toMatchObject({ accepted: 2, unchanged: 1, changes: 2 });
  expect(await add()).toMatchObject({ accepted: 0, unchanged: 3, changes: 0 });
  const { rows: kept } = await sql`select tableoid::regclass::text as partition, unit_code, period_start, period_end,
    users, logins, documents_in, documents_out, documents_passed_on, detail from usage_statistics`.execute(
    store.em().getKysely() as never,
  );
  expect(kept).toEqual([
    {
      partition: `usage_statistics_${usage.periodStart.toISOString().slice(0, 7).replace('-', '_')}`,
      unit_code: 'FP-AN-GIANG',
      period_start: usage.periodStart,
      period_end: usage.periodEnd,
      users: 87,
      logins: 722,
      documents_in: 2,
      documents_out: 52,
      documents_passed_on: 84,
      detail: { document: 'a.txt' },
    },
  ]);
});

test('ingest outside a transaction is refused', async () => {
  await expect(ingest(store.em(), { batches: [], requestedAt: hours(0), recordedAt: recorded(0) })).rejects.toThrow(
    'needs a transaction',
  );
});
