import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { toGlobalId } from '../../src/services/reading/global-id.ts';
import { useDatabase } from '../support/database.ts';
import { loadGround, loadJune, TOLD_REPORT } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { rightsOf, useApi } from './support/use-api.ts';

const store = useDatabase();
const { ask } = useApi(store.database, async () => {
  await loadGround(store.database());
  await loadJune(store.database(), ['14', '48', '66']);
  const db = store.em().getKysely();
  for (const source of ['khcn', 'lgsp-14', 'lgsp-48']) {
    await sql`insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
      values (${source}, 'schedule', 'SUCCEEDED', 'test', now(), now())`.execute(db);
    await sql`insert into rejection (source_id, stream, reason, record, contract_version, hash, at, last_at)
      values (${source}, 'main', 'bad', '{}', '1', 'h', ${TOLD_REPORT}::timestamptz, ${TOLD_REPORT}::timestamptz)`.execute(
      db,
    );
  }
});
const sonLa = rightsOf('viewer', { provinces: ['14'] });

/** Province codes anywhere in an answer, by the ways the schema names them. */
function provincesIn(answer: unknown): string[] {
  const text = JSON.stringify(answer);
  return [...new Set([...text.matchAll(/"(?:code|entityKey)":"(\d\d)(?:"|:)/g)].map((match) => match[1] as string))];
}

describe('a key that is limited to a province sees only that province', () => {
  test.each([
    ['provinces', '{ provinces { totalCount nodes { code } } }'],
    ['deployments', '{ deployments(first: 500) { totalCount nodes { province { code } } } }'],
    ['readiness', '{ readiness(first: 500) { totalCount nodes { province { code } } } }'],
    ['links', '{ links(first: 500) { nodes { province { code } } } }'],
    ['service coverage', '{ serviceCoverage { nodes { province { code } } } }'],
    ['health', '{ serviceHealth { nodes { province { code } } } }'],
    ['use', '{ usageStatistics(first: 500) { nodes { unit { province { code } } } } }'],
    ['use added up', '{ usageTotals(groupBy: [PROVINCE]) { province { code } logins } }'],
    ['children of a system', '{ system(code: "TTHC") { deployments { province { code } } } }'],
    ['children of a vendor', '{ vendor(code: "VNPT") { deployments { province { code } } } }'],
    ['criteria', '{ criteria { completed { code } missing { code } unknown { code } } }'],
    ['aggregates', '{ readinessAggregates(groupBy: [PROVINCE]) { province { code } count } }'],
    [
      'the log',
      '{ changes(first: 500, filter: { kinds: [DEPLOYMENT, READINESS, CONFLICT] }) { nodes { province { code } } } }',
    ],
    ['conflicts', '{ conflicts { nodes { province { code } } } }'],
    ['another time', '{ deployments(asOf: "2025-06-26T12:15:00+07:00", first: 500) { nodes { province { code } } } }'],
  ])('%s', async (_what, query) => {
    const { data, errors } = await ask(query, {}, sonLa);
    expect(errors).toEqual([]);
    expect(provincesIn(data).filter((code) => code !== '14')).toEqual([]);
  });

  test('counts are out of what it may see', async () => {
    const { data } = await ask(
      '{ criterion(code: "DVCQG_CONNECTED") { total completedCount } deployments { totalCount } }',
      {},
      sonLa,
    );
    expect(data).toEqual({ criterion: { total: 1, completedCount: 0 }, deployments: { totalCount: 5 } });
  });

  test('others are not there, by code and by id', async () => {
    const { errors } = await ask('{ province(code: "48") { name } }', {}, sonLa);
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
    const ids = [
      toGlobalId('Province', '48'),
      toGlobalId('Deployment', '48:TTHC'),
      toGlobalId('Unit', 'FP-DA-NANG'),
      toGlobalId('Deployment', '14:TTHC'),
    ];
    const { data } = await ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } deployment(province: "48", system: "TTHC") { id } }',
      { ids },
      sonLa,
    );
    expect(data).toEqual({ nodes: [null, null, null, { id: ids[3] }], deployment: null });
  });

  test('runs and rejections of sources that speak of other provinces are not there', async () => {
    const query =
      '{ syncRuns { nodes { source { code } } } rejections { nodes { source { code } } } sources { code } }';
    const { data } = await ask(query, {}, sonLa);
    expect(data.syncRuns.nodes).toEqual([{ source: { code: 'lgsp-14' } }]);
    expect(data.rejections.nodes).toEqual([{ source: { code: 'lgsp-14' } }]);
    expect(data.sources).toEqual([{ code: 'lgsp-14' }]);
    const { data: all } = await ask(query);
    expect(all.syncRuns.nodes.map((run: Loose) => run.source.code)).toEqual(['lgsp-48', 'lgsp-14', 'khcn']);
  });
});

test('a key that only pushes reads nothing', async () => {
  const { data, errors } = await ask('{ clock { now } }', {}, rightsOf('source', { sources: ['khcn'] }));
  expect(data).toBeUndefined();
  expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
});
