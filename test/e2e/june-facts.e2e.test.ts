import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadDeployments, loadPartyOperations, loadProvinces, loadReadiness } from '../../seeds/facts.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { askHub, type HubProcess, useCommands } from './hub-process.ts';

/** Three seconds a day: the week of June passes while the hub starts and pulls. */
const SANDBOX_SPEED = '28800';
const REPORT_AT = '2025-06-27T12:15:00+07:00';
const DAY_BEFORE = '2025-06-26T12:15:00+07:00';
const commands = useCommands();
let hub: HubProcess;
const ask = <Data>(query: string) => askHub<Data>(hub.address, query);

interface CodeNode {
  readonly code: string;
}
const codesOf = (nodes: readonly CodeNode[]): string[] => nodes.map(({ code }) => code).sort();

type Run = { id: string; state: string };

/** Has a source read from beginning to end, and gives how that ended. */
async function sync(source: string): Promise<string> {
  const key = hub.ready.adminKey as string;
  const asked = await askHub<{ syncNow: Run }>(hub.address, `mutation { syncNow(source: "${source}") { id state } }`, {
    key,
  });
  let run = asked.syncNow;
  await waitUntil(
    async () => {
      run = (await ask<{ node: Run }>(`{ node(id: "${run.id}") { id ... on SyncRun { state } } }`)).node;
      return run.state !== 'RUNNING';
    },
    { limitMs: 20_000 },
  );
  return run.state;
}

beforeAll(async () => {
  hub = await commands.startHub({ DATA_DIR: await commands.newDataDir(), SANDBOX_SPEED });
  const isReported = async () => {
    const { clock } = await ask<{ clock: { now: string } }>('{ clock { now } }');
    return new Date(clock.now) > new Date(REPORT_AT);
  };
  expect(await waitUntil(isReported, { limitMs: 40_000 })).toBe(true);
  // A run that was under way may have begun before the report was out, and a request joins it: so twice.
  await sync('khcn');
  expect(await sync('khcn')).toBe('SUCCEEDED');
});

describe('asked over HTTP after a pull through the sandbox', () => {
  test('34 provinces, 63 former ones, 3,321 communes, by their official codes and names', async () => {
    const { provinces } = await ask<{
      provinces: {
        totalCount: number;
        nodes: Array<{ code: string; name: string; formerProvinces: string[]; communeCount: number }>;
      };
    }>('{ provinces { totalCount nodes { code name formerProvinces communeCount } } }');
    expect(provinces.totalCount).toBe(34);
    expect(provinces.nodes.flatMap(({ formerProvinces }) => formerProvinces)).toHaveLength(63);
    expect(provinces.nodes.reduce((sum, { communeCount }) => sum + communeCount, 0)).toBe(3_321);
    const byCode = new Map(provinces.nodes.map((node) => [node.code, node]));
    for (const { code, name, formerProvinces, communeCount } of loadProvinces().provinces) {
      expect(byCode.get(code)).toEqual({ code, name: name.normalize('NFC'), formerProvinces, communeCount });
    }
  });

  test('all 26 criteria: count, change since the day before, and who is missing, as of 12:15 on 27 June', async () => {
    const { criteria } = await ask<{
      criteria: Array<{
        code: string;
        completedCount: number;
        total: number;
        claimedCount: number;
        delta: number;
        missing: CodeNode[];
      }>;
    }>(`{ criteria(asOf: "${REPORT_AT}") {
      code completedCount total claimedCount delta(since: "${DAY_BEFORE}") missing { code } } }`);
    expect(criteria.map(({ missing, ...criterion }) => ({ ...criterion, missing: codesOf(missing) }))).toEqual(
      loadReadiness().criteria.map((stated) => ({
        code: stated.id,
        completedCount: stated.completedCount,
        total: 34,
        claimedCount: stated.completedCount,
        delta: stated.deltaSinceYesterday,
        missing: [...stated.notCompleted].sort(),
      })),
    );
    for (const { completedCount, missing } of criteria) {
      expect(completedCount + missing.length).toBe(34);
      expect(codesOf(missing)).toEqual(expect.arrayContaining(['14', '80', '96']));
    }
  });

  test('on 25 June the four counts of the dispatch hold, and of the other criteria nothing is known', async () => {
    const { criteria } = await ask<{ criteria: Array<{ code: string; completedCount: number | null }> }>(
      '{ criteria(asOf: "2025-06-25T17:00:00+07:00") { code completedCount } }',
    );
    const stated = new Map(
      loadReadiness().dispatch.progress.map(({ criterion, completedCount }) => [criterion, completedCount]),
    );
    for (const { code, completedCount } of criteria)
      expect([code, completedCount]).toEqual([code, stated.get(code) ?? null]);
  });

  test('all 170 deployments with the vendors of the appendix, and the status, note and difficulty where it has them', async () => {
    type Deployment = {
      province: CodeNode;
      system: CodeNode;
      vendors: CodeNode[];
      formerVendors: CodeNode[];
      status: string | null;
      note: string | null;
      difficulty: string | null;
    };
    const { deployments } = await ask<{
      deployments: { totalCount: number; nodes: Deployment[] };
    }>(`{ deployments(first: 500) {
      totalCount nodes { province { code } system { code } vendors { code } formerVendors { code } status note difficulty } } }`);
    expect(deployments.totalCount).toBe(170);
    const byKey = new Map(deployments.nodes.map((node) => [`${node.province.code}:${node.system.code}`, node]));
    for (const stated of loadDeployments().deployments) {
      const found = byKey.get(`${stated.province}:${stated.system}`) as Deployment;
      expect(codesOf(found.vendors)).toEqual([...stated.vendors].sort());
      expect(codesOf(found.formerVendors)).toEqual([...stated.formerVendors].sort());
      if (stated.status !== 'UNKNOWN') expect(found.status).toBe(stated.status);
      if (stated.note) expect(found.note).toBe(stated.note.normalize('NFC'));
      if (stated.difficulty) expect(found.difficulty).toBe(stated.difficulty.normalize('NFC'));
    }
  });

  test('what no document says is marked simulated in the provenance, and what one says names it', async () => {
    type Claim = { attribute: string; chosen: boolean; simulated: boolean; document: string | null };
    const { asReported, after } = await ask<
      Record<'asReported' | 'after', { nodes: Array<{ provenance: Claim[] }> }>
    >(`{
      asReported: readiness(first: 500, asOf: "${REPORT_AT}") { nodes { provenance { attribute chosen simulated document } } }
      after: readiness(first: 500, asOf: "${DAY_BEFORE}") { nodes { provenance { attribute chosen simulated document } } } }`);
    const completed = (nodes: Array<{ provenance: Claim[] }>) =>
      nodes.flatMap(({ provenance }) =>
        provenance.filter(({ attribute, chosen }) => attribute === 'completed' && chosen),
      );
    for (const claim of completed(asReported.nodes)) {
      expect(claim).toMatchObject({ simulated: false, document: '001_48eabe5947b8b29c.txt' });
    }
    expect(completed(after.nodes).every(({ simulated }) => simulated)).toBe(true);
  });

  test('provincial logins are 26,033 in all, and the units of the centre are counted beside the total that is stated', async () => {
    expect(await sync('party-operations')).toBe('SUCCEEDED');
    type Total = { kind: string; unitCount: number; users: number; logins: number; stated: { logins: number } };
    const { usageTotals, usageStatistics } = await ask<{
      usageTotals: Total[];
      usageStatistics: {
        totalCount: number;
        nodes: Array<{ unit: { name: string }; logins: number; document: string }>;
      };
    }>(`{
      usageTotals(groupBy: [KIND]) { kind unitCount users logins stated { users logins } }
      usageStatistics(first: 500, filter: { kinds: [FORMER_PROVINCE] }) {
        totalCount nodes { unit { name } logins document } } }`);
    expect(usageTotals).toEqual([
      { kind: 'CENTRAL_BODY', unitCount: 12, users: 916, logins: 2_079, stated: { users: 915, logins: 2_078 } },
      {
        kind: 'FORMER_PROVINCE',
        unitCount: 63,
        users: 7_295,
        logins: 26_033,
        stated: { users: 7_295, logins: 26_033 },
      },
    ]);
    expect(usageStatistics.totalCount).toBe(63);
    const byName = new Map(usageStatistics.nodes.map((node) => [node.unit.name, node]));
    for (const { formerProvince, logins } of loadPartyOperations().provincialUsage) {
      expect(byName.get(formerProvince)).toMatchObject({ logins, document: '004_fa2bf9ec2f98880c.txt' });
    }
  });

  test('the contradictions of the documents that concern a province are conflicts, with both claims', async () => {
    type Conflict = {
      kind: string;
      attribute: string;
      entityKey: string;
      claims: Array<{ source: CodeNode; value: unknown }>;
    };
    const { conflicts } = await ask<{
      conflicts: { nodes: Conflict[] };
    }>(`{ conflicts(first: 500, filter: { state: OPEN, kinds: [DEPLOYMENT, VENDOR_COUNT] }) {
      nodes { kind attribute entityKey claims { source { code } value } } } }`);
    const byEntity = new Map(conflicts.nodes.map((node) => [`${node.kind} ${node.entityKey} ${node.attribute}`, node]));
    for (const { system, vendor, provinces } of loadDeployments().conflicts.filter((row) => row.provinces.length > 0)) {
      const ofProvinces = provinces
        .map((province) => byEntity.get(`DEPLOYMENT ${province}:${system} vendors`))
        .filter((node) => node !== undefined);
      const ofCount = byEntity.get(`VENDOR_COUNT ${system}:${vendor} count`);
      const found = ofProvinces.length === provinces.length ? ofProvinces : ofCount ? [ofCount] : [];
      expect([system, vendor, found.length]).not.toEqual([system, vendor, 0]);
      for (const { claims } of found) {
        expect(new Set(claims.map(({ value }) => JSON.stringify(value))).size).toBeGreaterThan(1);
        expect(claims.some(({ source }) => source.code.startsWith('khcn-'))).toBe(true);
      }
    }
  });
});
