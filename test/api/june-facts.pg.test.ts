import { describe, expect, test } from '@jest/globals';
import { loadDeployments, loadReadiness } from '../../seeds/facts.ts';
import { useDatabase } from '../support/database.ts';
import { loadGround, loadJune } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { useApi } from './support/use-api.ts';

const store = useDatabase();
const { ask } = useApi(store.database, async () => {
  await loadGround(store.database());
  await loadJune(store.database());
});

describe('the facts of June 2025', () => {
  test('34 provinces, 63 former ones, 3,321 communes', async () => {
    const { data } = await ask('{ provinces { totalCount nodes { formerProvinces communeCount } } }');
    const { totalCount, nodes } = data.provinces;
    expect(totalCount).toBe(34);
    expect(nodes.flatMap((province: Loose) => province.formerProvinces)).toHaveLength(63);
    expect(nodes.reduce((sum: number, province: Loose) => sum + province.communeCount, 0)).toBe(3_321);
  });

  test('all 170 deployments with their vendors, notes and difficulties', async () => {
    const { data, errors } = await ask(`{ deployments(first: 500) { totalCount nodes {
      province { code } system { code } vendors { code } formerVendors { code } status note difficulty } } }`);
    expect(errors).toEqual([]);
    const codes = (vendors: Loose[]) => vendors.map((vendor) => vendor.code).sort();
    const answered = data.deployments.nodes.map((node: Loose) => ({
      province: node.province.code,
      system: node.system.code,
      vendors: codes(node.vendors),
      formerVendors: codes(node.formerVendors),
      status: node.status,
      note: node.note,
      difficulty: node.difficulty,
    }));
    const stated = loadDeployments().deployments.map((row) => ({
      province: row.province,
      system: row.system,
      vendors: [...row.vendors].sort(),
      formerVendors: [...row.formerVendors].sort(),
      status: row.status === 'UNKNOWN' ? null : row.status,
      note: row.note,
      difficulty: row.difficulty,
    }));
    const byKey = (a: Loose, b: Loose) => (`${a.province}${a.system}` < `${b.province}${b.system}` ? -1 : 1);
    expect(answered.sort(byKey)).toEqual(stated.sort(byKey));
    expect(data.deployments.totalCount).toBe(170);
  });

  test('all 26 criteria with count, change since the day before and missing provinces, as of 12:15 on 27 June', async () => {
    const { data, errors } = await ask(`{ criteria(asOf: "2025-06-27T12:15:00+07:00") {
      code completedCount total delta(since: "2025-06-26T12:15:00+07:00") claimedCount missing { code } unknown { code } } }`);
    expect(errors).toEqual([]);
    expect(data.criteria).toEqual(
      loadReadiness().criteria.map((criterion) => ({
        code: criterion.id,
        completedCount: criterion.completedCount,
        total: 34,
        delta: criterion.deltaSinceYesterday,
        claimedCount: criterion.completedCount,
        missing: [...criterion.notCompleted].sort().map((code) => ({ code })),
        unknown: [],
      })),
    );
  });

  test('on 25 June only the four counts of the dispatch are known; of the others nobody has said', async () => {
    const { data } = await ask(`{ criteria(asOf: "2025-06-25T12:00:00+07:00") {
      code completedCount delta(since: "2025-06-24T12:00:00+07:00") missing { code } unknown { code } } }`);
    const dispatch = new Map(loadReadiness().dispatch.progress.map((row) => [row.criterion, row.completedCount]));
    for (const criterion of data.criteria) {
      const count = dispatch.get(criterion.code) ?? null;
      expect([criterion.code, criterion.completedCount, criterion.delta]).toEqual([criterion.code, count, null]);
      expect(criterion.missing).toHaveLength(count === null ? 0 : 34 - count);
      expect(criterion.unknown).toHaveLength(count === null ? 34 : 0);
    }
  });

  test('Sơn La, Tây Ninh and Cà Mau are missing from every criterion', async () => {
    const { data } = await ask('{ criteria { missing { name } } }');
    for (const { missing } of data.criteria) {
      expect(missing.map((province: Loose) => province.name)).toEqual(
        expect.arrayContaining(['Sơn La', 'Tây Ninh', 'Cà Mau']),
      );
    }
  });

  test('a criterion is overdue once its deadline has passed by the clock of the domain, or by the time asked for', async () => {
    const query = `query ($asOf: DateTime) { criterion(code: "TTHC_PUBLISHED", asOf: $asOf) { deadline overdue } }`;
    expect((await ask(query)).data.criterion.overdue).toBe(false);
    expect((await ask(query, { asOf: '2025-06-28T00:00:00+07:00' })).data.criterion.overdue).toBe(true);
  });

  test('vendor shares are what the deployments add up to, beside what the summary claims', async () => {
    const { data } = await ask('{ vendorShare(system: "QLVB") { vendor { code } count total share claimedCount } }');
    const rows = loadDeployments().deployments.filter(({ system }) => system === 'QLVB');
    const vnpt = rows.filter(({ vendors }) => vendors.includes('VNPT')).length;
    expect(data.vendorShare[0]).toEqual({
      vendor: { code: 'VNPT' },
      count: vnpt,
      total: rows.filter(({ vendors }) => vendors.length > 0).length,
      share: vnpt / rows.filter(({ vendors }) => vendors.length > 0).length,
      claimedCount: 23,
    });
  });

  test('where the summary and the appendix disagree both claims stand, with who says so', async () => {
    const { data } = await ask(`{ deployment(province: "48", system: "QLVB") {
      vendors { code } conflicts { attribute state claims { source { code } value chosen observedAt } }
      provenance { attribute value chosen source { code } document } freshness { fresh lastSeenAt } } }`);
    const { deployment } = data;
    expect(deployment.vendors).toEqual([{ code: 'UNITECH' }]);
    expect(deployment.conflicts[0].claims).toEqual(
      expect.arrayContaining([
        { source: { code: 'khcn' }, value: ['UNITECH'], chosen: true, observedAt: '2025-06-23T10:00:00.000Z' },
        { source: { code: 'khcn-summary' }, value: ['VNPT'], chosen: false, observedAt: '2025-06-23T10:00:00.000Z' },
      ]),
    );
    const chosen = deployment.provenance.find((claim: Loose) => claim.attribute === 'vendors');
    expect(chosen).toMatchObject({ chosen: true, source: { code: 'khcn' }, document: expect.stringMatching(/\.txt$/) });
    expect(deployment.freshness.lastSeenAt).toBe('2026-01-01T00:00:00.000Z');
  });

  test('a claim tells the code that no map knows, the map, and by which id the upstream knows its answer', async () => {
    await store
      .em()
      .execute(`update observation set detail = detail || '{"rawCode": "X9", "codeMapVersion": "2025-06.2", "correlationId": "a-1"}'
      where source_id = 'khcn' and entity_id = '48:QLVB' and attributes ? 'status' and head`);
    const { data } = await ask(`{ deployment(province: "48", system: "QLVB") {
      provenance { attribute rawCode codeMapVersion correlationId } } }`);
    const of = (attribute: string) =>
      data.deployment.provenance.find((claim: Loose) => claim.attribute === attribute) as Loose;
    expect(of('status')).toEqual({
      attribute: 'status',
      rawCode: 'X9',
      codeMapVersion: '2025-06.2',
      correlationId: 'a-1',
    });
    expect(of('vendors')).toMatchObject({ rawCode: null, codeMapVersion: null, correlationId: null });
  });

  test('knownAt tells what the hub had been told by a time, whatever has been observed since', async () => {
    const query = `query ($knownAt: DateTime) { criterion(code: "DVCQG_CONNECTED", knownAt: $knownAt) { completedCount
      missing { deployment(system: "TTHC") { updatedAt } } } }`;
    const counts = await Promise.all(
      ['2026-01-01T12:00:00Z', '2026-01-02T12:00:00Z', '2025-12-31T00:00:00Z'].map(async (knownAt) => {
        return (await ask(query, { knownAt })).data.criterion.completedCount;
      }),
    );
    expect(counts).toEqual([6, 17, null]);
  });
});
