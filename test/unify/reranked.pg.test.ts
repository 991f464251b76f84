import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type SourceDefinition, sourceFileSchema } from '../../connectors/kit/source-file.ts';
import type { Measurement } from '../../schema/observation.ts';
import { loadReference } from '../../seeds/reference.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { useDatabase } from '../support/database.ts';
import { ingestMeasurements } from '../support/ingest-measurements.ts';
import { type ChangeRow, changesAfter, deployment, hours, recorded, tell } from './support.ts';

const store = useDatabase();
const DAY = new Date('2025-06-26T17:00:00Z');

const source = (id: string, precedence: object): object => ({
  id,
  connector: 'khcn',
  config: {},
  credentials: {},
  schedule: { everySeconds: 5 },
  ttl: null,
  precedence,
});
const definitions = (...sources: object[]): SourceDefinition[] => sourceFileSchema.parse({ sources }).sources;
const register = (...sources: object[]) =>
  registerSources(store.em(), definitions(...sources), { simulated: false, now: recorded(60) });
const BEST_FIRST = [source('best', { default: 10 }), source('worse', { default: 20 })];
const WORSE_FIRST = [source('best', { default: 10 }), source('worse', { default: 5 })];

const health = (uptimePercent: number, vendor = 'VNPT'): Measurement => ({
  class: 'measurement',
  kind: 'serviceHealth',
  key: { province: '01', system: 'TTHC', vendor },
  measuredAt: hours(1),
  values: { uptimePercent, cpuPercent: 40, memoryPercent: 50, trafficMbps: 120, alerts: 0 },
});
const usage = (logins: number, unit = 'FP-AN-GIANG'): Measurement => ({
  class: 'measurement',
  kind: 'usageStatistics',
  key: { unit },
  periodStart: hours(0),
  periodEnd: hours(168),
  values: { users: 1, logins, documentsIn: 3, documentsOut: 4, documentsPassedOn: 5 },
});
const dossier = (province: string, received: number, commune?: string): Measurement => ({
  class: 'measurement',
  kind: 'dossierStatistics',
  key: { province, ...(commune && { commune }), procedure: '1.000001' },
  day: DAY,
  values: { received, online: 0, onTime: 0, overdue: 0 },
});
const measure = (sourceId: string, ...measurements: Measurement[]) =>
  store
    .em()
    .transactional((em) => ingestMeasurements(em, { sourceId, runId: null, measurements, recordedAt: recorded(1) }));
const sides = ({ kind, entityId, operation, before, after, sources }: ChangeRow) => ({
  kind,
  entityId,
  operation,
  before: figureOf(before),
  after: figureOf(after),
  sources,
});
const figureOf = (side: ChangeRow['before']) => {
  const { uptimePercent, logins, received, vendors } = (side ?? {}) as Record<string, unknown>;
  return [(side as { source?: string } | null)?.source, uptimePercent ?? logins ?? received ?? vendors];
};
const lastSeq = async () => (await changesAfter(store.em(), 0)).at(-1)?.seq ?? 0;
const changesOf = async (act: () => Promise<void>) => {
  const begin = await lastSeq();
  await act();
  return changesAfter(store.em(), begin);
};

beforeAll(() => loadReference(store.em()));
beforeEach(async () => {
  await store.em().execute(`truncate observation, deployment, change, conflict, service_health, usage_statistics,
    dossier_statistics, dossier_day`);
  await register(...BEST_FIRST);
});

describe('where the ranks of sources are changed', () => {
  test('what is shown otherwise of measurements is logged, in one block with the facts that are decided anew', async () => {
    await measure('best', health(99), health(98, 'FPT'), usage(7), dossier('01', 100), dossier('04', 40));
    await measure('worse', health(70), usage(6), usage(5, 'FP-HA-NOI'), dossier('01', 60), dossier('08', 80));
    await tell(store.em(), 'best', [deployment('01', { vendors: ['FPT'] }, hours(1))]);
    await tell(store.em(), 'worse', [deployment('01', { vendors: ['VNPT'] }, hours(1))]);
    const changes = await changesOf(() => register(...WORSE_FIRST));
    expect(new Set(changes.map(({ tx }) => tx)).size).toBe(1);
    expect(changes.map(sides)).toEqual([
      {
        kind: 'dossierStatistics',
        entityId: '01:2025-06-27',
        operation: 'UPDATED',
        before: ['best', 100],
        after: ['worse', 60],
        sources: ['worse'],
      },
      {
        kind: 'serviceHealth',
        entityId: `01:TTHC:VNPT:${hours(1).getTime()}`,
        operation: 'UPDATED',
        before: ['best', 99],
        after: ['worse', 70],
        sources: ['worse'],
      },
      {
        kind: 'usageStatistics',
        entityId: expect.stringMatching(/^FP-AN-GIANG:/),
        operation: 'UPDATED',
        before: ['best', 7],
        after: ['worse', 6],
        sources: ['worse'],
      },
      expect.objectContaining({ kind: 'deployment', entityId: '01:TTHC', operation: 'UPDATED' }),
    ]);
    expect(changes[1]).toMatchObject({ provinceCode: '01', attributes: ['source', 'uptimePercent'] });
    expect(changes[2]).toMatchObject({ provinceCode: '91' });
    const back = await changesOf(() => register(...BEST_FIRST));
    expect(back.map(sides).map(({ before, after }) => [after, before])).toEqual(
      changes.map(sides).map(({ before, after }) => [before, after]),
    );
  });

  test('the newest revision of each source is what is compared', async () => {
    await measure('best', health(99));
    await measure('worse', health(70));
    await measure('best', health(98));
    await measure('worse', health(71));
    const [change, ...others] = await changesOf(() => register(...WORSE_FIRST));
    expect(others).toEqual([]);
    expect(change && sides(change)).toMatchObject({ before: ['best', 98], after: ['worse', 71] });
  });

  test('a rank for one kind alters what is shown of that kind alone', async () => {
    await measure('best', health(99), usage(7));
    await measure('worse', health(70), usage(6));
    const forUse = [source('best', { default: 10 }), source('worse', { default: 20, usageStatistics: 5 })];
    const changes = await changesOf(() => register(...forUse));
    expect(changes.map(({ kind }) => kind)).toEqual(['usageStatistics']);
  });

  test('of dossiers the whole of a province still comes before its communes', async () => {
    await measure('best', dossier('01', 100), dossier('01', 90, '00004'));
    await measure('worse', dossier('01', 80, '00004'));
    const [change] = await changesOf(() => register(...WORSE_FIRST));
    expect(change?.before).toMatchObject({ received: 100, ofCommunes: false, source: 'best' });
    expect(change?.after).toMatchObject({ received: 80, ofCommunes: true, source: 'worse' });
  });

  test('nothing is logged where the order stays the same, or the figures are of one source', async () => {
    await measure('best', health(99), dossier('01', 100));
    await measure('worse', health(70), usage(6), dossier('04', 60));
    const further = [source('best', { default: 10 }), source('worse', { default: 90 })];
    expect(await changesOf(() => register(...further))).toEqual([]);
  });

  test('whoever writes meanwhile waits, and each change goes on from what the one before left', async () => {
    const begin = await lastSeq();
    const write = async (nth: number): Promise<void> => {
      const sourceId = nth % 2 ? 'best' : 'worse';
      await store.em().transactional((em) =>
        ingest(em, {
          batches: [{ sourceId, stream: 'main', observations: [deployment('01', { vendors: ['FPT'] }, hours(nth))] }],
          measured: { sourceId, measurements: [dossier('01', nth), usage(nth), health(nth)] },
          requestedAt: hours(nth),
          recordedAt: recorded(nth),
          runId: null,
        }),
      );
    };
    const writer = async (of: number): Promise<void> => {
      for (let turn = 0; turn < 10; turn += 1) await write(of + 4 * turn);
    };
    const rerank = async (): Promise<void> => {
      for (let turn = 0; turn < 9; turn += 1) await register(...(turn % 2 ? BEST_FIRST : WORSE_FIRST));
    };
    await Promise.all([rerank(), writer(1), writer(2), writer(3), writer(4)]);
    const last = new Map<string, ChangeRow['after']>();
    for (const { kind, entityId, before, after } of await changesAfter(store.em(), begin)) {
      expect(before ?? null).toEqual(last.get(`${kind} ${entityId}`) ?? null);
      last.set(`${kind} ${entityId}`, after);
    }
    const newest = (table: string) =>
      store.em().execute(`select * from ${table} where source_id = 'worse' order by revision desc limit 1`);
    const [shownHealth] = await newest('service_health');
    expect(last.get(`serviceHealth 01:TTHC:VNPT:${hours(1).getTime()}`)).toMatchObject({
      source: 'worse',
      uptimePercent: shownHealth?.uptime_percent,
    });
    const [shownDossiers] = await newest('dossier_statistics');
    expect(last.get('dossierStatistics 01:2025-06-27')).toMatchObject({
      source: 'worse',
      received: Number(shownDossiers?.received),
    });
  });
});
