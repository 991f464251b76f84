import { describe, expect, test } from '@jest/globals';
import { factKinds } from '../../schema/kinds/index.ts';
import { NOW } from '../../src/services/reading/clocks.ts';
import { filterConditions, filterPredicate } from '../../src/services/reading/fact-filter.ts';
import type { FactView } from '../../src/services/reading/fact-view.ts';
import { pageOfFacts } from '../../src/services/reading/facts.ts';
import { toGlobalId } from '../../src/services/reading/global-id.ts';
import { useDatabase } from '../support/database.ts';
import { loadGround, loadJune } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { ask as askOf, createTestApi, rightsOf, useApi } from './support/use-api.ts';

const store = useDatabase();
const { ask, api } = useApi(store.database, async () => {
  await loadGround(store.database());
  await loadJune(store.database());
});

/** All pages of a connection, one after the other. */
async function pages(field: string, args: string, first: number): Promise<Loose[]> {
  const nodes: Loose[] = [];
  let after: string | null = null;
  do {
    const { data, errors } = await ask(
      `query ($after: Cursor) { list: ${field}(first: ${first}, after: $after ${args}) {
        nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }`,
      { after },
    );
    expect(errors).toEqual([]);
    expect(data.list.pageInfo.hasPreviousPage).toBe(after !== null);
    nodes.push(...data.list.nodes);
    after = data.list.pageInfo.hasNextPage ? data.list.pageInfo.endCursor : null;
    if (!after) expect(nodes).toHaveLength(data.list.totalCount);
  } while (after);
  return nodes.map((node) => node.id);
}

describe('pages', () => {
  test.each([
    ['provinces', 'orderBy: [NAME_DESC]', 7],
    ['provinces', '', 34],
    ['deployments', 'orderBy: [STATUS_DESC, SYSTEM_ASC]', 23],
    ['deployments', 'orderBy: [UPDATED_AT_DESC]', 50],
    ['deployments', 'asOf: "2025-06-27T12:15:00+07:00", orderBy: [UPDATED_AT_ASC, PROVINCE_DESC]', 61],
    ['readiness', 'orderBy: [COMPLETED_ASC, CRITERION_DESC]', 300],
    ['links', 'orderBy: [LATENCY_DESC]', 100],
    ['vendorCounts', 'orderBy: [COUNT_DESC]', 4],
    ['conflicts', '', 2],
  ])('of %s %s by %d are the whole list, each row once', async (field, args, first) => {
    const ids = await pages(field, args, first);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(await pages(field, args, 500));
    expect(ids.length).toBeGreaterThan(first - 1);
  });

  test('provinces by name follow the Vietnamese alphabet, and are found without marks', async () => {
    const { data } = await ask(
      '{ provinces(orderBy: [NAME_ASC]) { nodes { name } } found: provinces(filter: {search: "da na"}) { nodes { name } } }',
    );
    const names = data.provinces.nodes.map((node: Loose) => node.name);
    expect(names).toEqual([...names].sort(new Intl.Collator('vi').compare));
    expect(data.found.nodes).toEqual([{ name: 'Đà Nẵng' }]);
  });

  test.each([
    [
      'of another order',
      'deployments(first: 1, orderBy: [STATUS_ASC])',
      'deployments(orderBy: [SYSTEM_ASC], after: $c)',
    ],
    ['of another list', 'provinces(first: 1)', 'deployments(orderBy: [SYSTEM_ASC, PROVINCE_ASC], after: $c)'],
  ])('a cursor %s is refused', async (_what, from, into) => {
    const { data } = await ask(`{ ${from} { pageInfo { endCursor } } }`);
    const cursor = (Object.values(data)[0] as Loose).pageInfo.endCursor;
    const { errors } = await ask(`query ($c: Cursor) { ${into} { totalCount } }`, { c: cursor });
    expect(errors[0]?.extensions.code).toBe('BAD_CURSOR');
  });

  test.each(['zzz', Buffer.from('[""]').toString('base64url'), Buffer.from('["",{"a":1}]').toString('base64url')])(
    'the cursor %s is none',
    async (cursor) => {
      const { errors } = await ask('query ($c: Cursor) { deployments(after: $c) { totalCount } }', { c: cursor });
      expect(errors[0]?.extensions.code).toBe('BAD_CURSOR');
    },
  );

  test('a first below 0 is refused', async () => {
    const { errors } = await ask('{ deployments(first: -1) { totalCount } }');
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('a filter means the same in the database and in the live feed', () => {
  const cases = [
    ['deployment', { provinces: ['01', '14'] }],
    ['deployment', { systems: ['TTHC'], vendors: ['VNPT', 'SELF'] }],
    ['deployment', { statuses: ['PREPARING', 'OPERATING'] }],
    ['deployment', { conflicted: true }],
    ['deployment', { conflicted: false, hasDifficulty: true }],
    ['deployment', { hasDifficulty: false, stale: false }],
    ['deployment', { stale: true }],
    ['readiness', { completed: false, hasDifficulty: true }],
    ['readiness', { completed: true, systems: ['QLVB'] }],
    ['readiness', { criteria: ['DVCQG_CONNECTED'], hasDifficulty: false }],
    ['link', { targets: ['DVCQG', 'EMC'], states: ['DOWN'] }],
    ['link', { provinces: [toGlobalId('Province', '14')] }],
    ['serviceCoverage', { programmes: ['25'] }],
    ['vendorCount', { vendors: ['VNPT'] }],
    ['criterionCount', { criteria: [] }],
  ] as const;
  test.each(cases)('%s %j', async (kind, filter) => {
    const context = api().createContext(rightsOf('viewer'));
    const all: FactView[] = [];
    for (let after: string | null = null; ; ) {
      const page = await pageOfFacts(context, kind, { first: 500, after }, NOW);
      all.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    const passes = filterPredicate(kind, filter, context.reference);
    const inMemory = all.filter((view) =>
      passes({
        keys: view.keys,
        attributes: view.attributes,
        conflicted: view.conflicted.length > 0,
        stale: view.staleSince !== null,
      }),
    );
    const inDatabase = await pageOfFacts(context, kind, { first: 500, filter }, NOW);
    expect(inDatabase.nodes.map((view) => view.key)).toEqual(inMemory.slice(0, 500).map((view) => view.key));
    expect(await inDatabase.totalCount()).toBe(inMemory.length);
  });

  test('every kind of fact has filters', () => {
    const { reference } = api().createContext(rightsOf('viewer'));
    for (const kind of Object.values(factKinds))
      expect(filterConditions(kind.name, { stale: false }, reference)).toHaveLength(1);
  });
});

describe('aggregates', () => {
  test('add up to the rows', async () => {
    const { data, errors } = await ask(`{
      total: deploymentAggregates(groupBy: []) { count }
      bySystem: deploymentAggregates(groupBy: [SYSTEM]) { system { code } count }
      byVendor: deploymentAggregates(groupBy: [SYSTEM, VENDOR], filter: {systems: ["HOP"]}) { system { code } vendor { code } count }
      byCriterion: readinessAggregates(groupBy: [CRITERION]) { criterion { code completedCount } completedCount notCompletedCount count }
      byState: linkAggregates(groupBy: [STATE]) { state count } }`);
    expect(errors).toEqual([]);
    expect(data.total).toEqual([{ count: 170 }]);
    expect(data.bySystem.map((group: Loose) => group.count)).toEqual([34, 34, 34, 34, 34]);
    expect(data.byVendor.find((group: Loose) => group.vendor.code === 'VIETTEL').count).toBe(10);
    for (const group of data.byCriterion) {
      expect(group.completedCount).toBe(group.criterion.completedCount);
      expect(group.completedCount + group.notCompletedCount).toBe(34);
    }
    expect(data.byState.length).toBeGreaterThan(1);
  });
});

describe('ids', () => {
  test('node finds again what any list shows, at another time too', async () => {
    const { data } = await ask(`{ provinces(first: 1) { nodes { id } } deployments(first: 1) { nodes { id } }
      criteria { id } sources { id } conflicts(first: 1) { nodes { id } } systems { id } vendors { id } targets { id } }`);
    const ids: string[] = [
      data.provinces.nodes,
      data.deployments.nodes,
      data.criteria,
      data.sources,
      data.conflicts.nodes,
      data.systems,
      data.vendors,
      data.targets,
    ].map((list: Loose) => list[0].id);
    const found = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect(found.data.nodes.map((node: Loose) => node.id)).toEqual(ids);
    const then = await ask('query ($ids: [ID!]!) { nodes(ids: $ids, asOf: "2025-06-20T00:00:00+07:00") { id } }', {
      ids: [ids[1]],
    });
    expect(then.data.nodes).toEqual([null]);
    expect((await ask('query ($id: ID!) { node(id: $id) { id } }', { id: ids[1] })).data.node.id).toBe(ids[1]);
  });

  test.each([
    ['a text that is none', 'nonsense!', 'BAD_USER_INPUT'],
    ['the id of another type as code', toGlobalId('System', 'TTHC'), 'BAD_USER_INPUT'],
  ])('%s is refused', async (_what, id, code) => {
    const query =
      code && id.includes('!')
        ? 'query ($id: ID!) { node(id: $id) { id } }'
        : 'query ($id: ID!) { province(code: $id) { id } }';
    expect((await ask(query, { id })).errors[0]?.extensions.code).toBe(code);
  });

  test('an id does wherever a code does', async () => {
    const { data } = await ask('query ($id: ID!) { province(code: $id) { name } }', {
      id: toGlobalId('Province', '14'),
    });
    expect(data.province.name).toBe('Sơn La');
  });
});

test('children are read at the times of their parent', async () => {
  const query = `query ($asOf: DateTime) { province(code: "01", asOf: $asOf) {
    readiness(filter: {criteria: ["TTHC_PUBLISHED"]}) { completed province { readiness { completed } } }
    deployments { system { deployments { id } } provenance { observedAt } } } }`;
  const then = await ask(query, { asOf: '2025-06-24T00:00:00+07:00' });
  expect(then.errors).toEqual([]);
  expect(then.data.province.readiness).toEqual([]);
  expect(then.data.province.deployments).toHaveLength(5);
  expect(then.data.province.deployments[0].system.deployments).toHaveLength(34);
  const now = await ask(query);
  expect(now.data.province.readiness[0].province.readiness).toHaveLength(26);
});

test('what takes longer than it may is broken off with a code', async () => {
  const slow = await createTestApi(store.database(), { limits: { queryTimeoutMs: 1 } });
  const { errors } = await askOf(
    slow,
    '{ readiness(asOf: "2025-06-27T12:15:00+07:00", first: 500) { nodes { provenance { value } } } }',
  );
  expect(errors[0]).toMatchObject({ extensions: { code: 'TIMEOUT', retryable: true } });
  await slow.stop();
});
