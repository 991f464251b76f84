import { describe, expect, test } from '@jest/globals';
import type { DossierStatisticsMeasurement, Measurement } from '../../schema/observation.ts';
import { useDatabase } from '../support/database.ts';
import { ingestMeasurements } from '../support/ingest-measurements.ts';
import { addSource, recorded } from '../unify/support.ts';
import { loadGround } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { rightsOf, useApi } from './support/use-api.ts';

const store = useDatabase();
const statements: string[] = [];
const counted = useDatabase({ onStatement: (sql) => statements.push(sql) });

const DAY = new Date('2025-06-25T17:00:00Z');
const NEXT = new Date('2025-06-26T17:00:00Z');
type Entity = readonly [province: string, commune: string, procedure: string];

const dossier = (
  [province, commune, procedure]: Entity,
  received: number,
  day = DAY,
): DossierStatisticsMeasurement => ({
  class: 'measurement',
  kind: 'dossierStatistics',
  key: { province, ...(commune && { commune }), procedure },
  day,
  values: { received, online: Math.floor(received / 2), onTime: received, overdue: received % 3 },
  detail: { simulated: true, document: 'ngày.csv' },
});
const [A1, A2, B1, WHOLE]: readonly [Entity, Entity, Entity, Entity] = [
  ['01', '01-001', '1.000001'],
  ['01', '01-001', '1.000002'],
  ['01', '01-002', '1.000001'],
  ['04', '', '1.000001'],
];

/** Told in order: two days of communes, a correction of the first, a whole province over its communes, and a rival. */
async function load(database: typeof store = store): Promise<void> {
  await loadGround(database.database());
  await addSource(database.em(), 'best', 5);
  await addSource(database.em(), 'rival', 50);
  const tell = (sourceId: string, measurements: Measurement[], minutes: number) =>
    database
      .em()
      .transactional((em) =>
        ingestMeasurements(em, { sourceId, runId: null, measurements, recordedAt: recorded(minutes) }),
      );
  const both = [dossier(A1, 10), dossier(A2, 20), dossier(B1, 30), dossier(A1, 7, NEXT)];
  await tell('best', [...both, dossier(WHOLE, 90), dossier(['04', '04-001', '1.000001'], 60)], 1);
  await tell('rival', [dossier(A1, 999), dossier(['08', '', '1.000009'], 4)], 2);
  await tell('best', [dossier(A1, 11)], 3);
}

const { ask } = useApi(store.database, load);
const { ask: askCounted } = useApi(counted.database, () => load(counted));
const data = async (query: string, rights?: ReturnType<typeof rightsOf>): Promise<Loose> => {
  const answer = await ask(query, {}, rights);
  expect(answer.errors).toEqual([]);
  return answer.data;
};

describe('dossiers', () => {
  test('are told by commune, procedure and day, as the best source told them last', async () => {
    const { dossierStatistics } = await data(`{ dossierStatistics(filter: { provinces: ["01"] }) { totalCount nodes {
      province { code } commune procedure day received online onTime overdue source { code } recordedAt document simulated run { id } } } }`);
    expect(dossierStatistics.totalCount).toBe(4);
    expect(dossierStatistics.nodes.map((row: Loose) => [row.commune, row.procedure, row.day, row.received])).toEqual([
      ['01-001', '1.000001', DAY.toISOString(), 11],
      ['01-001', '1.000001', NEXT.toISOString(), 7],
      ['01-001', '1.000002', DAY.toISOString(), 20],
      ['01-002', '1.000001', DAY.toISOString(), 30],
    ]);
    expect(dossierStatistics.nodes[0]).toMatchObject({
      province: { code: '01' },
      source: { code: 'best' },
      recordedAt: recorded(3).toISOString(),
      document: 'ngày.csv',
      simulated: true,
      run: null,
    });
  });

  test('say which code cannot be one', async () => {
    for (const name of ['communes', 'procedures']) {
      const { errors } = await ask(`{ dossierTotals(groupBy: [], filter: { ${name}: ["a\\u0000"] }) { totalCount } }`);
      expect(errors).toMatchObject([
        { message: expect.stringContaining(name), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
  });

  test('page in any order, each once, and are counted as they are listed', async () => {
    for (const order of ['[]', '[RECEIVED_DESC]', '[DAY_DESC, COMMUNE_DESC]']) {
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { dossierStatistics: page }: Loose = await data(`{ dossierStatistics(first: 2, orderBy: ${order},
          after: ${JSON.stringify(after)}) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`);
        seen.push(...page.nodes.map(({ id }: Loose) => id));
        more = page.pageInfo.hasNextPage;
        after = page.pageInfo.endCursor;
        expect(page.totalCount).toBe(7);
      }
      expect([seen.length, new Set(seen).size]).toEqual([7, 7]);
    }
  });

  test('say what other sources say of the same, and what their own said before', async () => {
    const { dossierStatistics } =
      await data(`{ dossierStatistics(filter: { communes: ["01-001"], procedures: ["1.000001"],
      to: "${NEXT.toISOString()}" }) { nodes { received others { source { code } values revision }
        earlier { source { code } values recordedAt } } } }`);
    expect(dossierStatistics.nodes).toEqual([
      {
        received: 11,
        others: [
          { source: { code: 'rival' }, revision: 0, values: { received: 999, online: 499, onTime: 999, overdue: 0 } },
        ],
        earlier: [
          {
            source: { code: 'best' },
            recordedAt: recorded(1).toISOString(),
            values: { received: 10, online: 5, onTime: 10, overdue: 1 },
          },
        ],
      },
    ]);
  });

  test('are what was known at a time, and of days that were over', async () => {
    const { first, then, early } = await data(`{
      first: dossierStatistics(filter: { provinces: ["01"] }, knownAt: "${recorded(2).toISOString()}") { nodes { received } }
      then: dossierStatistics(filter: { provinces: ["01"] }, asOf: "${NEXT.toISOString()}") { nodes { received } }
      early: dossierStatistics(knownAt: "${recorded(0).toISOString()}") { totalCount nodes { received } } }`);
    expect(first.nodes.map(({ received }: Loose) => received)).toEqual([10, 7, 20, 30]);
    expect(then.nodes.map(({ received }: Loose) => received)).toEqual([11, 20, 30]);
    expect(early).toEqual({ totalCount: 0, nodes: [] });
  });

  test('are found again by their ids, also the day of a province; an id of another form is nobody', async () => {
    const { dossierStatistics, changes } = await data(`{ dossierStatistics(first: 1) { nodes { id } }
      changes(filter: { kinds: [DOSSIER_STATISTICS], provinces: ["04"] }) { nodes { entityId } } }`);
    const row = dossierStatistics.nodes[0].id;
    const day = changes.nodes[0].entityId;
    const odd = Buffer.from('DossierStatistics:01:x').toString('base64url');
    const { a, b, c } = await data(`{ a: node(id: "${row}") { id ... on DossierStatistics { received } }
      b: node(id: "${day}") { id ... on DossierDay { received rowCount ofCommunes province { code } source { code } } }
      c: node(id: "${odd}") { id } }`);
    expect(a).toEqual({ id: row, received: 11 });
    expect(b).toEqual({
      id: day,
      received: 90,
      rowCount: 1,
      ofCommunes: false,
      province: { code: '04' },
      source: { code: 'best' },
    });
    expect(c).toBeNull();
  });

  test('within a key for one province are of that province only, whichever way one asks', async () => {
    const viewer = rightsOf('viewer', { provinces: ['08'] });
    const { changes } = await data('{ changes(filter: { provinces: ["01"] }) { nodes { entityId } } }');
    const id = changes.nodes[0].entityId;
    const answer = await data(
      `{ dossierStatistics { totalCount nodes { province { code } } } dossierTotals(groupBy: [PROVINCE]) { nodes { received } }
        node(id: "${id}") { id } changes(filter: { kinds: [DOSSIER_STATISTICS] }) { nodes { entityKey } } }`,
      viewer,
    );
    expect(answer).toEqual({
      dossierStatistics: { totalCount: 1, nodes: [{ province: { code: '08' } }] },
      dossierTotals: { nodes: [{ received: 4 }] },
      node: null,
      changes: { nodes: [{ entityKey: '08:2025-06-26' }] },
    });
  });

  test('take as many statements for one row as for all', async () => {
    const query = (first: number) => `{ dossierStatistics(first: ${first}) { totalCount nodes { received source { code }
      province { name } others { source { code } } earlier { revision } run { id } } } }`;
    const count = async (first: number) => {
      statements.length = 0;
      expect((await askCounted(query(first))).errors).toEqual([]);
      return statements.length;
    };
    expect(await count(7)).toBe(await count(1));
    expect(statements).toHaveLength(3);
  });
});

describe('dossiers added up', () => {
  test('count no figure twice: one source a day, and the whole of a province rather than its communes', async () => {
    const { byProvince, all, byDay } = await data(`{
      byProvince: dossierTotals(groupBy: [PROVINCE]) { totalCount nodes { province { code } commune received rowCount } }
      all: dossierTotals(groupBy: []) { nodes { received online onTime overdue rowCount } }
      byDay: dossierTotals(groupBy: [DAY], filter: { provinces: ["01"] }, orderBy: [DAY_DESC]) { nodes { day received } } }`);
    expect(byProvince).toEqual({
      totalCount: 3,
      nodes: [
        { province: { code: '01' }, commune: null, received: 11 + 20 + 30 + 7, rowCount: 4 },
        { province: { code: '04' }, commune: null, received: 90, rowCount: 1 },
        { province: { code: '08' }, commune: null, received: 4, rowCount: 1 },
      ],
    });
    expect(all.nodes).toEqual([
      { received: 162, online: 5 + 10 + 15 + 3 + 45 + 2, onTime: 162, overdue: 6, rowCount: 6 },
    ]);
    expect(byDay.nodes).toEqual([
      { day: NEXT.toISOString(), received: 7 },
      { day: DAY.toISOString(), received: 61 },
    ]);
  });

  test('name who is behind them, however they are added up', async () => {
    const { byProvince, all, procedures, none } = await data(`{
      byProvince: dossierTotals(groupBy: [PROVINCE]) { nodes { sources { code } } }
      all: dossierTotals(groupBy: []) { nodes { sources { code simulated } } }
      procedures: dossierTotals(groupBy: [PROCEDURE]) { nodes { procedure sources { code } } }
      none: dossierTotals(groupBy: [], filter: { from: "2030-01-01T00:00:00Z" }) { nodes { received sources { code } } } }`);
    const [best, rival] = [{ code: 'best' }, { code: 'rival' }];
    expect(byProvince.nodes).toEqual([{ sources: [best] }, { sources: [best] }, { sources: [rival] }]);
    expect(all.nodes).toEqual([{ sources: [expect.objectContaining(best), expect.objectContaining(rival)] }]);
    expect(procedures.nodes).toEqual([
      { procedure: '1.000001', sources: [best] },
      { procedure: '1.000002', sources: [best] },
      { procedure: '1.000009', sources: [rival] },
    ]);
    expect(none.nodes).toEqual([{ received: 0, sources: [] }]);
  });

  test('by commune or procedure come from the rows, and agree with the totals that are kept', async () => {
    const { communes, procedures, cells } = await data(`{
      communes: dossierTotals(groupBy: [COMMUNE], orderBy: [RECEIVED_DESC]) { nodes { commune received } }
      procedures: dossierTotals(groupBy: [PROCEDURE]) { nodes { procedure received } }
      cells: dossierTotals(groupBy: [PROVINCE, COMMUNE, PROCEDURE, DAY], filter: { provinces: ["01"] }) { nodes { received } } }`);
    expect(communes.nodes).toEqual([
      { commune: '04-001', received: 60 },
      { commune: '01-001', received: 38 },
      { commune: '01-002', received: 30 },
    ]);
    expect(procedures.nodes).toEqual([
      { procedure: '1.000001', received: 11 + 30 + 7 + 90 },
      { procedure: '1.000002', received: 20 },
      { procedure: '1.000009', received: 4 },
    ]);
    expect(cells.nodes.map(({ received }: Loose) => received)).toEqual([11, 7, 20, 30]);
  });

  test('are what was known then: before the correction, and before the rival spoke', async () => {
    const { before, now } = await data(`{
      before: dossierTotals(groupBy: [PROVINCE], knownAt: "${recorded(1).toISOString()}") { nodes { province { code } received } }
      now: dossierTotals(groupBy: [PROVINCE], knownAt: "${recorded(9).toISOString()}") { nodes { received } } }`);
    expect(before.nodes).toEqual([
      { province: { code: '01' }, received: 67 },
      { province: { code: '04' }, received: 90 },
    ]);
    expect(now.nodes.map(({ received }: Loose) => received)).toEqual([68, 90, 4]);
  });
});
