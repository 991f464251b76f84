import { describe, expect, test } from '@jest/globals';
import type { ServiceHealthMeasurement } from '../../schema/observation.ts';
import { useDatabase } from '../support/database.ts';
import { ingestMeasurements } from '../support/ingest-measurements.ts';
import { addSource, hours, recorded } from '../unify/support.ts';
import { loadGround } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { useApi } from './support/use-api.ts';

const store = useDatabase();
const { ask } = useApi(store.database, async () => {
  await loadGround(store.database());
  await addSource(store.em(), 'best', 5);
  await addSource(store.em(), 'rival', 50);
  await tell('best', [measured(99, 0), measured(98, 24)], 1);
  await tell('rival', [measured(10, 24), measured(97, 48)], 2);
  await tell('best', [measured(95, 24)], 3);
});

const measured = (uptimePercent: number, hour: number): ServiceHealthMeasurement => ({
  class: 'measurement',
  kind: 'serviceHealth',
  key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
  measuredAt: hours(hour),
  values: { uptimePercent, cpuPercent: 40, memoryPercent: 50, trafficMbps: 120, alerts: 0 },
});
const tell = (sourceId: string, measurements: ServiceHealthMeasurement[], minutes: number) =>
  store
    .em()
    .transactional((em) =>
      ingestMeasurements(em, { sourceId, runId: null, measurements, recordedAt: recorded(minutes) }),
    );
const data = async (query: string): Promise<Loose> => {
  const answer = await ask(query);
  expect(answer.errors).toEqual([]);
  return answer.data;
};

describe('the health of a system', () => {
  test('is read over days: of each moment the best source, as it said last', async () => {
    const { all, some } = await data(`{
      all: serviceHealthHistory(orderBy: [MEASURED_AT_ASC]) { totalCount nodes { measuredAt uptimePercent source { code } } }
      some: serviceHealthHistory(filter: { systems: ["TTHC"], measuredSince: "${hours(1).toISOString()}",
        measuredUntil: "${hours(48).toISOString()}" }) { nodes { uptimePercent } } }`);
    expect(all.totalCount).toBe(3);
    expect(all.nodes.map((row: Loose) => [row.measuredAt, row.uptimePercent, row.source.code])).toEqual([
      [hours(0).toISOString(), 99, 'best'],
      [hours(24).toISOString(), 95, 'best'],
      [hours(48).toISOString(), 97, 'rival'],
    ]);
    expect(some.nodes).toEqual([{ uptimePercent: 95 }]);
  });

  test('that is shown is of the latest moment that anybody tells of, also when the best source has fallen silent', async () => {
    const { serviceHealth } = await data(`{ serviceHealth { nodes { measuredAt uptimePercent source { code } } } }`);
    const latest = { measuredAt: hours(48).toISOString(), uptimePercent: 97, source: { code: 'rival' } };
    expect(serviceHealth.nodes).toEqual([latest]);
  });

  test('that is shown is the newest correction, with what others say and what was said before', async () => {
    const { serviceHealth } =
      await data(`{ serviceHealth(asOf: "${hours(24).toISOString()}") { nodes { uptimePercent others { values source { code } }
      earlier { values revision } run { id } } } }`);
    expect(serviceHealth.nodes).toEqual([
      {
        uptimePercent: 95,
        others: [{ values: expect.objectContaining({ uptimePercent: 10 }), source: { code: 'rival' } }],
        earlier: [{ values: expect.objectContaining({ uptimePercent: 98 }), revision: 0 }],
        run: null,
      },
    ]);
  });

  test('is what was known at a time, also where it hangs off a province and when it is found by its id', async () => {
    const { now, then } =
      await data(`{ now: serviceHealth(asOf: "${hours(24).toISOString()}") { nodes { id uptimePercent } }
      then: province(code: "01", asOf: "${hours(24).toISOString()}", knownAt: "${recorded(2).toISOString()}") {
        serviceHealth { id uptimePercent } } }`);
    expect(then.serviceHealth).toEqual([{ ...now.nodes[0], uptimePercent: 98 }]);
    const { nodes } = await data(`{ nodes(ids: ["${now.nodes[0].id}"], knownAt: "${recorded(2).toISOString()}") {
      id ... on ServiceHealth { uptimePercent measuredAt province { code } } } }`);
    expect(nodes).toEqual([
      { id: now.nodes[0].id, uptimePercent: 98, measuredAt: hours(24).toISOString(), province: { code: '01' } },
    ]);
  });

  test('is logged as it is shown, each change with its entity', async () => {
    const { changes } =
      await data(`{ changes(filter: { kinds: [SERVICE_HEALTH] }) { nodes { kind attributes sources { code }
      system { code } entity { id ... on ServiceHealth { measuredAt uptimePercent source { code } recordedAt } } entityId } } }`);
    expect(
      changes.nodes.map((change: Loose) => [change.kind, change.entity.measuredAt, change.entity.uptimePercent]),
    ).toEqual([
      ['CREATED', hours(0).toISOString(), 99],
      ['CREATED', hours(24).toISOString(), 98],
      ['CREATED', hours(48).toISOString(), 97],
      ['UPDATED', hours(24).toISOString(), 95],
    ]);
    const last = changes.nodes.at(-1);
    expect(last).toMatchObject({
      attributes: ['uptimePercent'],
      sources: [{ code: 'best' }],
      system: { code: 'TTHC' },
      entity: { id: last.entityId, source: { code: 'best' }, recordedAt: recorded(3).toISOString() },
    });
    const { changes: same } = await data(`{ changes(filter: { entityIds: ["${last.entityId}"] }) { nodes { kind } } }`);
    expect(same.nodes).toEqual([{ kind: 'CREATED' }, { kind: 'UPDATED' }]);
  });
});
