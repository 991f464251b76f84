import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { useDatabase } from '../support/database.ts';
import { loadGround, loadJune } from './support/june-hub.ts';
import { operationDocuments } from './support/operations.ts';
import { rightsOf, useApi } from './support/use-api.ts';

const store = useDatabase();
const asked: string[] = [];
const { ask } = useApi(
  store.database,
  async () => {
    await loadGround(store.database());
    await loadJune(store.database(), ['14', '48']);
  },
  {
    requestRun: async (source, by, order) => {
      asked.push(`${source} by ${by}`);
      return store.em().transactional(async (em) => {
        const { rows } = await sql<{ id: number }>`
          insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
          values (${source}, 'request', 'RUNNING', 'test', now(), now()) returning id`.execute(em.getKysely());
        const id = Number(rows[0]?.id);
        await order?.record?.(em as never, id);
        return id;
      });
    },
  },
);
const document = (file: string): string => operationDocuments().find((known) => known.file === file)?.text ?? '';
const operator = rightsOf('operator');
const correct = document('correct.graphql');
const count = async (table: string): Promise<number> =>
  Number(
    (await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(store.em().getKysely())).rows[0]
      ?.n,
  );

describe('syncNow', () => {
  test('asks for a run in the name of the key and gives its record', async () => {
    const { data, errors } = await ask(document('sync-now.graphql'), { source: 'khcn' }, operator);
    expect(errors).toEqual([]);
    expect(data.syncNow).toMatchObject({ number: 1, state: 'RUNNING' });
    expect(asked).toEqual(['khcn by operator-key']);
    const { data: after } = await ask(`{ source(code: "khcn") { actions {
      nodes { action madeBy reason run { number } } } } }`);
    expect(after.source.actions.nodes).toEqual([
      { action: 'RUN', madeBy: 'operator-key', reason: 'No reason was given.', run: { number: 1 } },
    ]);
  });

  test('records the reason that is given, for a key of its province too, and refuses one that says nothing', async () => {
    await sql`update sync_run set state = 'SUCCEEDED'`.execute(store.em().getKysely());
    const own = rightsOf('operator', { provinces: ['14'] });
    const { data, errors } = await ask(
      'mutation { syncNow(source: "lgsp-14", reason: " Vừa sửa ") { number } }',
      {},
      own,
    );
    expect(errors).toEqual([]);
    const { data: after } = await ask(
      '{ source(code: "lgsp-14") { actions { nodes { action reason run { number } } } } }',
    );
    const [action, ...others] = after.source.actions.nodes;
    expect(action).toEqual({ action: 'RUN', reason: 'Vừa sửa', run: { number: data.syncNow.number } });
    const silent = await ask('mutation { syncNow(source: "lgsp-14", reason: " ") { id } }', {}, own);
    expect(silent.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(others).toEqual([]);
  });

  test.each([
    ['no key', rightsOf('anonymous'), 'khcn', 'UNAUTHENTICATED'],
    ['a viewer', rightsOf('viewer'), 'khcn', 'FORBIDDEN'],
    ['a source that is none', operator, 'nobody', 'NOT_FOUND'],
    ['a source outside the scope', rightsOf('operator', { sources: ['vnpt'] }), 'khcn', 'FORBIDDEN'],
    ['a source that is not asked', operator, 'operator', 'BAD_USER_INPUT'],
  ])('refuses %s', async (_what, rights, source, code) => {
    const { errors } = await ask(document('sync-now.graphql'), { source }, rights);
    expect(errors[0]?.extensions.code).toBe(code);
  });
});

describe('acting on a source', () => {
  const pause = document('pause-source.graphql');
  const act = (mutation: string, rights = operator) => ask(`mutation { ${mutation} }`, {}, rights);
  const fields =
    '{ source { code status health } run { number trigger } action { action arguments } errors { code path } }';

  test('gives the source as it is after it, and who did it', async () => {
    const { data, errors } = await ask(pause, { source: 'vnpt', reason: 'Bảo trì' }, operator);
    expect(errors).toEqual([]);
    expect(data.pauseSource).toMatchObject({
      source: { code: 'vnpt', status: 'PAUSED', health: 'PAUSED' },
      action: { madeBy: 'operator-key', reason: 'Bảo trì' },
      errors: [],
    });
    const both = await act(`a: pauseSource(source: "vnpt", reason: "x") ${fields}
      b: resumeSource(source: "vnpt", reason: "y") ${fields}`);
    expect(both.data.a).toMatchObject({ source: null, errors: [{ code: 'CONFLICT', path: ['source'] }] });
    // This test's jobs are none of BullMQ's: what they resume with is tested with them.
    expect(both.data.b.run).toMatchObject({ trigger: 'REQUEST' });
  });

  test.each([
    [
      'BACKFILL',
      'backfillSource(source: "lgsp-14", from: "2025-06-20T00:00:00Z", to: "2025-06-21T00:00:00Z", reason: "x")',
    ],
    ['REPLAY', 'replaySource(source: "lgsp-14", reason: "x", since: "2025-06-20T00:00:00Z")'],
    ['REPLAY_REJECTIONS', 'replayRejections(source: "lgsp-14", reason: "x", rejections: ["3"])'],
    ['RESET_CHECKPOINT', 'resetCheckpoint(source: "lgsp-14", reason: "x")'],
  ])('%s is there, for a key of its province too, and for nobody without a key', async (action, mutation) => {
    await sql`update sync_run set state = 'SUCCEEDED'`.execute(store.em().getKysely());
    const own = await act(`m: ${mutation} ${fields}`, rightsOf('operator', { provinces: ['14'] }));
    expect(own.errors).toEqual([]);
    expect(own.data.m).toMatchObject({ action: { action }, source: { code: 'lgsp-14' }, errors: [] });
    const nobody = await act(`m: ${mutation} ${fields}`, rightsOf('anonymous'));
    expect(nobody.errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('correct', () => {
  const input = {
    kind: 'DEPLOYMENT',
    province: '14',
    system: 'TTHC',
    attributes: { status: 'PILOT' },
    reason: 'Đã nghiệm thu.',
  };

  test('goes above all other sources, shows who and why, and is a change of the log', async () => {
    const { data, errors } = await ask(correct, { input }, operator);
    expect(errors).toEqual([]);
    expect(data.correct.errors).toEqual([]);
    expect(data.correct.correction.madeBy).toBe('operator-key');
    const answer = await ask(`{ deployment(province: "14", system: "TTHC") { status
        provenance { attribute value chosen source { code kind } } }
      corrections(filter: { inForce: true }) { nodes { reason attributes entity { id ... on Deployment { status } } } }
      changes(orderBy: [SEQ_DESC], first: 1) { nodes { cause before after entity { ... on Deployment { status } } } } }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data.deployment.status).toBe('PILOT');
    expect(answer.data.deployment.provenance).toContainEqual({
      attribute: 'status',
      value: 'PILOT',
      chosen: true,
      source: { code: 'operator', kind: 'OPERATOR' },
    });
    expect(answer.data.corrections.nodes[0]).toMatchObject({
      reason: 'Đã nghiệm thu.',
      attributes: { status: 'PILOT' },
    });
    expect(answer.data.changes.nodes[0]).toMatchObject({ cause: 'CORRECTED', entity: { status: 'PILOT' } });
  });

  test('is withdrawn once, and what others say shows again', async () => {
    const { data } = await ask(correct, { input: { ...input, attributes: { note: 'tạm' } } }, operator);
    const variables = { id: data.correct.correction.id, reason: 'Nhầm.' };
    const withdraw = document('withdraw-correction.graphql');
    const first = await ask(withdraw, variables, operator);
    expect(first.errors).toEqual([]);
    expect(first.data.withdrawCorrection).toMatchObject({ errors: [], correction: { withdrawnBy: 'operator-key' } });
    const { data: after } = await ask('{ deployment(province: "14", system: "TTHC") { note } }');
    expect(after.deployment.note).not.toBe('tạm');
    const second = await ask(withdraw, variables, operator);
    expect(second.data.withdrawCorrection.errors[0].code).toBe('CONFLICT');
  });

  test.each([
    ['an attribute that there is not', { ...input, attributes: { colour: 'red' } }, ['attributes', 'colour']],
    ['a value that is none of the enum', { ...input, attributes: { status: 'GREAT' } }, ['attributes', 'status']],
    ['a value of another type', { ...input, attributes: { vendors: 'VNPT' } }, ['attributes', 'vendors']],
    ['an unknown vendor', { ...input, attributes: { vendors: ['ACME'] } }, ['attributes', 'vendors']],
    ['no attribute', { ...input, attributes: {} }, ['attributes']],
    ['no reason', { ...input, reason: '  ' }, ['reason']],
    ['an unknown province', { ...input, province: '99' }, ['province']],
    ['a key that lacks a part', { ...input, system: null }, ['system']],
    ['an entity that is not named', { attributes: { note: 'x' }, reason: 'x' }, ['kind']],
  ])('tells of %s in the answer, and stores nothing', async (_what, wrong, path) => {
    const before = await count('observation');
    const { data, errors } = await ask(correct, { input: wrong }, operator);
    expect(errors).toEqual([]);
    expect(data.correct.correction).toBeNull();
    expect(data.correct.errors[0]).toMatchObject({ code: 'BAD_USER_INPUT', path });
    expect(await count('observation')).toBe(before);
  });

  test('is refused for provinces outside the scope of the key', async () => {
    const { data } = await ask(correct, { input }, rightsOf('operator', { provinces: ['48'] }));
    expect(data.correct.errors[0].code).toBe('FORBIDDEN');
  });
});
