import { beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { sourceAges } from '../../src/composition/source-ages.ts';
import { toGlobalId } from '../../src/services/reading/global-id.ts';
import { useDatabase } from '../support/database.ts';
import { loadGround, loadJune } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { operationDocuments } from './support/operations.ts';
import { rightsOf, useApi } from './support/use-api.ts';

const statements: string[] = [];
const store = useDatabase({ onStatement: (text) => statements.push(text) });
const NEXT = new Date('2030-01-01T00:00:00Z');
const { ask } = useApi(
  store.database,
  async () => {
    await loadGround(store.database());
    await loadJune(store.database(), ['14', '48']);
  },
  {
    nextRuns: async () =>
      new Map([
        ['khcn', NEXT],
        ['vnpt', NEXT],
      ]),
  },
);
const db = () => store.em().getKysely();
const run = (source: string, state: string, over: { minutesAgo?: number; message?: string } = {}) =>
  sql`
  insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at, finished_at, read, rejected,
    error_code, error_message, error_retryable, stream, pages, total, percent)
  select ${source}, 'schedule', ${state}, 'test', at, at, case when ${state} <> 'RUNNING' then at end, 40, 3,
    case when ${over.message ?? null}::text is not null then 'UPSTREAM_TRANSIENT' end, ${over.message ?? null},
    case when ${over.message ?? null}::text is not null then true end, 'systems', 2, 160, 25
  from (select now() - make_interval(mins => ${over.minutesAgo ?? 0}) as at) as t`.execute(db());
const of = async (source: string, fields: string): Promise<Loose> => {
  const { data, errors } = await ask(`query ($source: ID!) { source(code: $source) { ${fields} } }`, { source });
  expect(errors).toEqual([]);
  return data.source;
};

beforeEach(async () => {
  await sql`truncate sync_run, rejection, source_action, source_notice, checkpoint`.execute(db());
  await sql`update source set paused_at = null`.execute(db());
});

describe('a source says how it does', () => {
  test('when all is well', async () => {
    await run('khcn', 'SUCCEEDED');
    const source = await of('khcn', 'status health healthReason lagSeconds lastSuccessAt nextRunAt pausedAt');
    expect(source).toMatchObject({ status: 'ACTIVE', health: 'OK', lagSeconds: 0, pausedAt: null });
    expect(source.nextRunAt).toBe(NEXT.toISOString());
    expect(source.lastSuccessAt).not.toBeNull();
  });

  test('when it fails: since when it is behind, and why', async () => {
    await run('khcn', 'SUCCEEDED', { minutesAgo: 10 });
    await run('khcn', 'FAILED', { message: 'It does not answer.' });
    await run('khcn', 'FAILED', { message: 'It does not answer.' });
    const source = await of('khcn', 'health healthReason lagSeconds');
    expect(source).toMatchObject({ health: 'FAILING', healthReason: 'The last 2 runs failed: It does not answer.' });
    // Read every five seconds.
    expect(Math.abs(source.lagSeconds - 595)).toBeLessThan(30);
  });

  test('when its runs break off before the end: that is no success, and no failure', async () => {
    await run('khcn', 'FAILED', { message: 'It does not answer.' });
    await run('khcn', 'PARTIAL', { message: 'It asks to wait.' });
    expect(await of('khcn', 'health healthReason lastSuccessAt')).toEqual({
      health: 'PARTIAL',
      healthReason: 'It asks to wait.',
      lastSuccessAt: null,
    });
    await run('khcn', 'FAILED', { message: 'It does not answer.' });
    expect(await of('khcn', 'healthReason')).toEqual({ healthReason: 'The last run failed: It does not answer.' });
  });

  test('when a record is rejected in every run: it is read to its end all the same, for the metrics too', async () => {
    await run('khcn', 'SUCCEEDED', { minutesAgo: 60 });
    await run('khcn', 'PARTIAL');
    await run('vnpt', 'PARTIAL', { message: 'It asks to wait.' });
    expect(await of('khcn', 'health lagSeconds freshness')).toEqual({
      health: 'PARTIAL',
      lagSeconds: 0,
      freshness: 'FRESH',
    });
    const ages = await sourceAges(store.database(), { now: () => new Date() });
    expect(ages).toEqual({ khcn: expect.any(Number) });
    expect(ages.khcn).toBeLessThan(60);
  });

  test('whatever became of a replay or a backfill', async () => {
    await run('khcn', 'SUCCEEDED');
    await run('khcn', 'FAILED', { message: 'Nothing can be read back.' });
    await sql`update sync_run set trigger = 'backfill' where state = 'FAILED'`.execute(db());
    expect(await of('khcn', 'health lastRun { state }')).toEqual({ health: 'OK', lastRun: { state: 'FAILED' } });
  });

  test('when it is paused: no next run, though its scheduler has one', async () => {
    await sql`update source set paused_at = now() where id = 'khcn'`.execute(db());
    expect(await of('khcn', 'status health nextRunAt')).toEqual({
      status: 'PAUSED',
      health: 'PAUSED',
      nextRunAt: null,
    });
    // What it delivers is paused with it.
    expect(await of('khcn-summary', 'status nextRunAt')).toEqual({ status: 'PAUSED', nextRunAt: null });
  });

  test('while it is read: how far it has got', async () => {
    await run('khcn', 'RUNNING');
    expect(await of('khcn', 'lastRun { state stream pages read total percent }')).toEqual({
      lastRun: { state: 'RUNNING', stream: 'systems', pages: 2, read: 40, total: 160, percent: 25 },
    });
  });

  test('what was rejected, open or since a time', async () => {
    await sql`insert into rejection
        (source_id, stream, reason, record, contract_version, hash, count, at, last_at, settled_at) values
      ('khcn', 'a', 'bad', '{}', '1', 'h1', 9, '2025-06-26T05:00:00Z', '2025-06-27T05:00:00Z', null),
      ('khcn', 'a', 'bad', '{}', '1', 'h2', 1, '2025-06-26T05:00:00Z', '2025-06-28T05:00:00Z', now()),
      ('vnpt', 'a', 'bad', '{}', '1', 'h1', 1, '2025-06-28T05:00:00Z', '2025-06-28T05:00:00Z', null)`.execute(db());
    const fields = `openRejections all: rejectionCount(since: "2025-01-01T00:00:00Z") late: rejectionCount(since: "2025-06-28T00:00:00Z")`;
    expect(await of('khcn', fields)).toEqual({ openRejections: 1, all: 2, late: 1 });
  });

  test('what it disagrees about', async () => {
    const { data } = await ask('{ conflicts(filter: { state: OPEN, sources: ["khcn"] }) { totalCount } }');
    expect((await of('khcn', 'openConflicts')).openConflicts).toBe(data.conflicts.totalCount);
  });

  test('what was noticed of it, and where its next run goes on', async () => {
    await sql`insert into source_notice
      (source_id, stream, kind, path, sample, count, first_seen_at, last_seen_at, contract_version, settled_at) values
      ('khcn', 'links', 'UNMAPPED_CODE', 'link.state', 'X9', 4, now(), now(), '2', null),
      ('khcn', 'links', 'NEW_FIELD', 'a[].b', 'text', 1, now(), now(), '2', now())`.execute(db());
    await sql`insert into checkpoint (source_id, stream, state, updated_at) values ('khcn', 'links', '{"p": 1}', now())`.execute(
      db(),
    );
    const source = await of(
      'khcn',
      'notices { id kind sample count source { code } } all: notices(settled: true) { kind } checkpoints { stream bytes }',
    );
    expect(source.notices).toMatchObject([{ kind: 'UNMAPPED_CODE', sample: 'X9', count: 4, source: { code: 'khcn' } }]);
    expect(source.all).toHaveLength(2);
    expect(source.checkpoints).toEqual([{ stream: 'links', bytes: expect.any(Number) }]);
    const { data } = await ask('query ($id: ID!) { node(id: $id) { ... on SourceNotice { sample } } }', {
      id: source.notices[0].id,
    });
    expect(data.node).toEqual({ sample: 'X9' });
  });

  test('what was done to it, page by page', async () => {
    await sql`insert into source_action (source_id, action, reason, made_by, made_at)
      select 'khcn', 'RUN', n::text, 'k', now() from generate_series(1, 5) as n`.execute(db());
    const fields =
      'actions(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { reason } }';
    const query = `query ($after: Cursor) { source(code: "khcn") { ${fields} } }`;
    const reasons: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { data, errors } = await ask(query, { after });
      expect(errors).toEqual([]);
      const { nodes, pageInfo, totalCount } = data.source.actions;
      expect(totalCount).toBe(5);
      reasons.push(...nodes.map((node: Loose) => node.reason));
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    expect(reasons).toEqual(['5', '4', '3', '2', '1']);
  });
});

describe('the list of sources', () => {
  test('is filtered by what they are and how they do', async () => {
    await run('khcn', 'FAILED', { message: 'no' });
    const codes = async (args: string) =>
      (await ask(`{ sources(${args}) { code } }`)).data.sources.map((s: Loose) => s.code);
    expect(await codes('filter: { sources: ["khcn", "vnpt"] }')).toEqual(['khcn', 'vnpt']);
    expect(await codes('filter: { sources: ["khcn", "vnpt"] }, health: [FAILING]')).toEqual(['khcn']);
    expect(await codes('filter: { kinds: [OPERATOR] }')).toEqual(['operator']);
    expect(await codes('filter: { connectors: ["vnpt"] }')).toEqual(['vnpt']);
    expect(await codes('filter: { provinces: ["14"], kinds: [PULL] }')).toEqual(
      expect.arrayContaining(['khcn', 'lgsp-14', 'vnpt']),
    );
    expect(await codes('filter: { provinces: ["14"], kinds: [PULL] }')).not.toContain('lgsp-48');
  });

  test('takes as many statements for all sources as for one', async () => {
    const text = operationDocuments().find(({ file }) => file === 'fleet.graphql')?.text ?? '';
    const count = async (variables: object) => {
      statements.length = 0;
      const { errors } = await ask(text, variables);
      expect(errors).toEqual([]);
      return statements.length;
    };
    const one = await count({ filter: { sources: ['khcn'] } });
    const all = await count({});
    expect({ statements: all }).toEqual({ statements: one });
    expect(all).toBeLessThanOrEqual(8);
  });
});

test('a key of one province is not told what the hub keeps about other sources, even where it is shown their name', async () => {
  const sonLa = rightsOf('viewer', { provinces: ['14'] });
  const id = toGlobalId('Source', 'khcn');
  for (const field of [
    'healthReason',
    'openRejections',
    'notices { id }',
    'checkpoints { stream }',
    'actions { totalCount }',
  ]) {
    const { errors } = await ask(
      `query ($id: ID!) { node(id: $id) { ... on Source { code ${field} } } }`,
      { id },
      sonLa,
    );
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
  }
  const { data, errors } = await ask(
    'query ($id: ID!) { node(id: $id) { ... on Source { code health } } }',
    { id },
    sonLa,
  );
  expect(errors).toEqual([]);
  expect(data.node.code).toBe('khcn');
});
