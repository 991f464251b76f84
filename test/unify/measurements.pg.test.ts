import { beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type {
  DossierStatisticsMeasurement,
  Measurement,
  ServiceHealthMeasurement,
  UsageStatisticsMeasurement,
} from '../../schema/observation.ts';
import { loadReference } from '../../seeds/reference.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { useDatabase } from '../support/database.ts';
import { ingestMeasurements } from '../support/ingest-measurements.ts';
import { addSource, changesAfter, deployment, hours, recorded } from './support.ts';

const store = useDatabase();

beforeAll(async () => {
  await loadReference(store.em());
  await addSource(store.em(), 'best', 10);
  await addSource(store.em(), 'worse', 20);
});

const health = (uptimePercent: number, over: Partial<ServiceHealthMeasurement> = {}): ServiceHealthMeasurement => ({
  class: 'measurement',
  kind: 'serviceHealth',
  key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
  measuredAt: hours(1),
  values: { uptimePercent, cpuPercent: 40, memoryPercent: 50, trafficMbps: 120, alerts: 0 },
  ...over,
});
const DAY = new Date('2025-06-26T17:00:00Z');
const dossier = (
  [province, commune, procedure]: readonly [string, string, string],
  received: number,
  day = DAY,
): DossierStatisticsMeasurement => ({
  class: 'measurement',
  kind: 'dossierStatistics',
  key: { province, ...(commune && { commune }), procedure },
  day,
  values: { received, online: received, onTime: received, overdue: 1 },
});

const measure = (sourceId: string, measurements: readonly Measurement[], minutes: number) =>
  store
    .em()
    .transactional((em) =>
      ingestMeasurements(em, { sourceId, runId: null, measurements, recordedAt: recorded(minutes) }),
    );
const lastSeq = async () => (await changesAfter(store.em(), 0)).at(-1)?.seq ?? 0;
const rowsOf = async (query: ReturnType<typeof sql>) => (await query.execute(store.em().getKysely() as never)).rows;

describe('a source corrects a period', () => {
  test('equal figures add nothing, others a further row, and an earlier value again is a further row too', async () => {
    const told = [99, 99, 98, 98, 99].map((uptime, index) => [uptime, index] as const);
    const accepted: number[] = [];
    for (const [uptime, index] of told) accepted.push((await measure('best', [health(uptime)], index)).accepted);
    expect(accepted).toEqual([1, 0, 1, 0, 1]);
    expect(
      await rowsOf(
        sql`select revision, uptime_percent as uptime, recorded_at as at from service_health order by revision`,
      ),
    ).toEqual([
      { revision: 0, uptime: 99, at: recorded(0) },
      { revision: 1, uptime: 98, at: recorded(2) },
      { revision: 2, uptime: 99, at: recorded(4) },
    ]);
  });

  test('is logged as one change a row, each from what the one before left', async () => {
    const changes = (await changesAfter(store.em(), 0)).filter(({ kind }) => kind === 'serviceHealth');
    const sides = changes.map(({ operation, before, after, attributes }) => [
      operation,
      before?.uptimePercent,
      after?.uptimePercent,
      attributes.length,
    ]);
    expect(sides).toEqual([
      ['CREATED', undefined, 99, 6],
      ['UPDATED', 99, 98, 1],
      ['UPDATED', 98, 99, 1],
    ]);
    expect(changes[0]).toMatchObject({
      entityId: `01:TTHC:VNPT:${hours(1).getTime()}`,
      sources: ['best'],
      provinceCode: '01',
      after: { alerts: 0, source: 'best' },
    });
  });

  test('with a figure that was told before the one that it has adds nothing, whenever it is recorded', async () => {
    const at = { measuredAt: hours(3) };
    const page = { sourceId: 'best', measurements: [health(99, at)] };
    await measure('best', page.measurements, 10);
    const late = await store.em().transactional((em) =>
      ingest(em, {
        batches: [],
        measured: { ...page, measurements: [{ ...health(98, at), toldAt: recorded(9) }] },
        requestedAt: hours(0),
        recordedAt: recorded(11),
      }),
    );
    expect(late).toMatchObject({ accepted: 0, unchanged: 1, changes: 0 });
    await rowsOf(sql`update service_health set told_at = null where measured_at = ${hours(3)}`);
    expect((await measure('best', [health(97, at)], 9)).accepted).toBe(0);
    expect((await measure('best', [health(97, at)], 10)).accepted).toBe(1);
  });

  test('of what one answer says twice, the later counts', async () => {
    const twice = [health(50, { measuredAt: hours(5) }), health(60, { measuredAt: hours(5) })];
    expect(await measure('best', twice, 5)).toMatchObject({ accepted: 1, unchanged: 1, changes: 1 });
    expect(await rowsOf(sql`select uptime_percent from service_health where measured_at = ${hours(5)}`)).toEqual([
      { uptime_percent: 60 },
    ]);
  });
});

describe('of several sources the log shows the one of the best rank', () => {
  const at = { measuredAt: hours(9) };

  test('what a worse one says of the same is kept and changes nothing; before it speaks, it is all there is', async () => {
    const begin = await lastSeq();
    expect(await measure('worse', [health(70, at)], 10)).toMatchObject({ accepted: 1, changes: 1 });
    expect(await measure('best', [health(80, at)], 11)).toMatchObject({ accepted: 1, changes: 1 });
    expect(await measure('worse', [health(71, at)], 12)).toMatchObject({ accepted: 1, changes: 0, lastSeq: null });
    const changes = await changesAfter(store.em(), begin);
    expect(changes.map(({ before, after }) => [before?.uptimePercent, after?.uptimePercent, after?.source])).toEqual([
      [undefined, 70, 'worse'],
      [70, 80, 'best'],
    ]);
    expect(changes[1]?.attributes).toEqual(['source', 'uptimePercent']);
  });

  test('a change of the use of a unit is of the province that the unit is part of', async () => {
    const begin = await lastSeq();
    const usage = (unit: string): UsageStatisticsMeasurement => ({
      class: 'measurement',
      kind: 'usageStatistics',
      key: { unit },
      periodStart: hours(0),
      periodEnd: hours(168),
      values: { users: 1, logins: 2, documentsIn: 3, documentsOut: 4, documentsPassedOn: 5 },
      detail: { document: 'tuần 25.txt', correlationId: 'not shown' },
    });
    await measure('best', [usage('FP-AN-GIANG'), usage('CB-VAN-PHONG-TRUNG-UONG-DANG')], 1);
    const changes = await changesAfter(store.em(), begin);
    expect(changes.map(({ provinceCode }) => provinceCode).sort()).toEqual(['91', null]);
    expect(changes[0]?.after).toMatchObject({ users: 1, document: 'tuần 25.txt', source: 'best' });
    expect(changes[0]?.after).not.toHaveProperty('correlationId');
  });
});

describe('dossiers', () => {
  const totals = (changes: Awaited<ReturnType<typeof changesAfter>>) =>
    changes.map(({ entityId, before, after }) => [
      entityId,
      before && [before.received, before.rowCount],
      after && [after.received, after.rowCount],
    ]);

  test('are one change for each province and day of a transaction, with the totals before and after', async () => {
    const begin = await lastSeq();
    const first = ['001', '002'].flatMap((commune) =>
      ['1.000001', '1.000002'].map((procedure) => dossier(['01', commune, procedure], 10)),
    );
    await measure('best', [...first, dossier(['04', '001', '1.000001'], 3)], 20);
    await measure('best', [...first, dossier(['01', '003', '1.000001'], 5)], 21);
    await measure('best', [dossier(['01', '001', '1.000001'], 4)], 22);
    await measure('best', first.slice(1), 23);
    expect(totals(await changesAfter(store.em(), begin))).toEqual([
      ['01:2025-06-27', null, [40, 4]],
      ['04:2025-06-27', null, [3, 1]],
      ['01:2025-06-27', [40, 4], [45, 5]],
      ['01:2025-06-27', [45, 5], [39, 5]],
    ]);
  });

  test('lie in the partition of their local day', async () => {
    const next = new Date(DAY.getTime() + 24 * 3_600_000);
    await measure('best', [dossier(['08', '001', '1.000001'], 1, next)], 24);
    const partitions = await rowsOf(
      sql`select distinct tableoid::regclass::text as name from dossier_statistics order by 1`,
    );
    expect(partitions).toEqual([{ name: 'dossier_statistics_2025_06_27' }, { name: 'dossier_statistics_2025_06_28' }]);
  });

  test('of the province as a whole are shown before those of its communes, and never added to them', async () => {
    const begin = await lastSeq();
    await measure('best', [dossier(['11', '001', '1.000001'], 7)], 30);
    await measure('best', [dossier(['11', '', '1.000001'], 9)], 31);
    await measure('best', [dossier(['11', '002', '1.000001'], 1)], 32);
    expect(totals(await changesAfter(store.em(), begin))).toEqual([
      ['11:2025-06-27', null, [7, 1]],
      ['11:2025-06-27', [7, 1], [9, 1]],
    ]);
  });

  test('the totals kept are what the newest rows add up to', async () => {
    const kept = sql`select province_code, day, source_id, of_communes, row_count::int, received::int, online::int,
      on_time::int, overdue::int from dossier_day order by 1, 2, 3, 4`;
    const added = sql`select province_code, day, source_id, commune_code <> '' as of_communes, count(*)::int as row_count,
        sum(received)::int as received, sum(online)::int as online, sum(on_time)::int as on_time, sum(overdue)::int as overdue
      from (select distinct on (province_code, commune_code, procedure_code, source_id, day) * from dossier_statistics
        order by province_code, commune_code, procedure_code, source_id, day, revision desc) latest
      group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
    expect(await rowsOf(kept)).toEqual(await rowsOf(added));
  });

  test('two who write the same at once write it once, and each change starts from what the one before left', async () => {
    const begin = await lastSeq();
    const page = Array.from({ length: 500 }, (_, index) => dossier(['12', '001', `1.${index}`], index));
    const corrected = page.map((one) => ({
      ...one,
      values: { ...one.values, received: one.values.received + 1, online: 0 },
    }));
    const results = await Promise.all([
      ...Array.from({ length: 4 }, () => measure('best', page, 40)),
      ...Array.from({ length: 4 }, () => measure('worse', corrected, 41)),
    ]);
    expect(results.map(({ accepted }) => accepted).sort((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 0, 500, 500]);
    expect(
      await rowsOf(sql`select count(*)::int as count, max(revision) as revision from dossier_statistics
      where province_code = '12'`),
    ).toEqual([{ count: 1_000, revision: 0 }]);
    const changes = await changesAfter(store.em(), begin);
    let held: unknown = null;
    for (const change of changes) {
      expect(change.before).toEqual(held);
      held = change.after;
    }
    expect(held).toMatchObject({ source: 'best', received: (500 * 499) / 2 });
  });
});

test('facts and measurements of one answer are one block of the log', async () => {
  const begin = await lastSeq();
  const result = await store.em().transactional((em) =>
    ingest(em, {
      batches: [{ sourceId: 'best', stream: 'main', observations: [deployment('14', { status: 'READY' }, hours(1))] }],
      measured: {
        sourceId: 'best',
        measurements: [health(1, { measuredAt: hours(50) }), dossier(['14', '', '1.1'], 2)],
      },
      requestedAt: hours(0),
      recordedAt: recorded(60),
    }),
  );
  expect(result).toMatchObject({ accepted: 3, unchanged: 0, changes: 3 });
  const changes = await changesAfter(store.em(), begin);
  expect(changes.map(({ seq, tx, last, kind }) => [seq - tx, last, kind])).toEqual([
    [0, false, 'dossierStatistics'],
    [1, false, 'serviceHealth'],
    [2, true, 'deployment'],
  ]);
  expect(new Set(changes.map(({ tx }) => tx)).size).toBe(1);
});
