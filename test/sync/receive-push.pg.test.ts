import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { DriftNote } from '../../connectors/kit/connector.ts';
import { defineConnector, hubKey } from '../../connectors/kit/index.ts';
import { loadReference } from '../../seeds/reference.ts';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { type PushDependencies, type PushedRun, receivePush } from '../../src/sync/receive-push.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { replayRejections } from '../../src/sync/replay-rejections.ts';
import { replayRun } from '../../src/sync/replay-run.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { sweepStaleness } from '../../src/unify/staleness.ts';
import { useDatabase } from '../support/database.ts';
import { runDependencies } from './stand-in.ts';

const DAY_MS = 86_400_000;
const DOMAIN_NOW = new Date('2025-06-27T05:15:00Z');
const db = useDatabase();
const all = <Row>(sql: string): Promise<Row[]> => db.em().execute(sql) as Promise<Row[]>;
const never = new AbortController().signal;
let now: Date;

/** A source that pushes `{province, vendor}`; by the later contract a vendor's name may be in lower case. */
function pushed(contractVersion: '1' | '2', isAllOrNothing = false): ConfiguredSource {
  const connector = defineConnector({
    id: 'pushed',
    title: 'Pushed',
    shape: 'modelled',
    config: z.object({}),
    streams: () => [],
    push: (push) =>
      push({
        verify: hubKey(),
        formats: ['json'],
        kinds: ['deployment'],
        isAllOrNothing,
        contract: z.object({ province: z.string(), vendor: z.string() }),
        contractVersion,
        map: ({ province, vendor }) => [
          {
            class: 'fact',
            kind: 'deployment',
            key: { province, system: 'TTHC' },
            observedAt: null,
            attributes: { vendors: [contractVersion === '1' ? vendor : vendor.toUpperCase()] },
          },
        ],
      }),
  });
  const definition = {
    id: 'pushed',
    connector: 'pushed',
    config: {},
    credentials: {},
    ttl: 60,
    precedence: { default: 10 },
    goneAfter: 3,
    voices: {},
  };
  return { definition, connector, credentials: {} } as ConfiguredSource;
}

async function push(
  records: object[],
  over: { source?: ConfiguredSource; idempotencyKey?: string; over?: Partial<PushDependencies> } = {},
) {
  const { source = pushed('1'), idempotencyKey } = over;
  if (!source.connector.push) throw new Error('nobody pushes');
  const delivery = { headers: {}, rawBody: Buffer.from(JSON.stringify(records)), contentType: 'application/json' };
  const ids = (await all<{ count: number }>('select count(*)::int as count from receipt'))[0]?.count;
  return receivePush(
    {
      database: db.database(),
      clock: { now: () => now },
      domainClock: { now: () => DOMAIN_NOW },
      logger: silentLogger,
      newId: () => `receipt-${ids}`,
      worker: 'test',
      raw: { keptMs: DAY_MS, maxSourceBytes: 2 ** 20 },
      ...over.over,
    },
    { source, push: source.connector.push, delivery, sender: { sender: 'key', provinces: null }, idempotencyKey },
  );
}

const dependencies = () =>
  runDependencies(db.database(), { clock: { now: () => now }, domainClock: { now: () => DOMAIN_NOW } });

beforeAll(async () => {
  await loadReference(db.em());
  await registerSources(db.em(), [pushed('1').definition], { simulated: true, now: new Date() });
});
beforeEach(async () => {
  now = new Date('2026-01-01T00:00:00Z');
  await db
    .em()
    .execute(
      'truncate observation, deployment, change, conflict, sync_run, rejection, receipt, raw_answer, source_notice cascade',
    );
});

describe('a source that only pushes', () => {
  test('is registered as one, without a schedule', async () => {
    expect(await all(`select kind, schedule from source where id = 'pushed'`)).toEqual([
      { kind: 'push', schedule: null },
    ]);
  });

  test('keeps what is right of a delivery of a machine, and rejects the rest with the reason', async () => {
    const { receipt } = await push([
      { province: '01', vendor: 'VNPT' },
      { province: '01', vendor: 'nobody' },
      { province: 4 },
    ]);
    expect(receipt).toMatchObject({ state: 'PARTIAL', read: 3, accepted: 1, rejected: 2 });
    expect(receipt.problems.map(({ row, field, value }) => ({ row, field, value }))).toEqual([
      { row: 2, field: null, value: null },
      { row: 3, field: 'province', value: '4' },
      { row: 3, field: 'vendor', value: null },
    ]);
    expect(await all('select stream, record from rejection order by id')).toEqual([
      { stream: 'push', record: { province: '01', vendor: 'nobody' } },
      { stream: 'push', record: { province: 4 } },
    ]);
  });

  test('keeps a delivery with what a database has no text for: NUL, or half of a character', async () => {
    const { receipt } = await push([
      { province: '01', vendor: 'VNPT', 'a\0b': 1 },
      { province: '4\0', vendor: 'FPT' },
      { province: '04', vendor: 'F\ud800T' },
    ]);
    expect(receipt).toMatchObject({ state: 'PARTIAL', accepted: 1, rejected: 2 });
    expect(receipt.problems.map(({ reason }) => reason)).toEqual(['"4\ufffd" is no code', 'unknown vendor "F\ufffdT"']);
    expect(await all('select problems, ignored_fields from receipt')).toEqual([
      { problems: receipt.problems, ignored_fields: ['a\ufffdb'] },
    ]);
  });

  test('has its deliveries read again by a mended mapping, as of when they came', async () => {
    await push([{ province: '01', vendor: 'VNPT' }]);
    now = new Date(now.getTime() + 5_000);
    await push([
      { province: '01', vendor: 'vnpt' },
      { province: '04', vendor: 'FPT' },
    ]);
    const again = await replayRun(await dependencies(), { source: pushed('1'), trigger: 'replay', signal: never });
    expect(again).toMatchObject({ state: 'PARTIAL', counts: { accepted: 0 } });
    const mended = await replayRun(await dependencies(), { source: pushed('2'), trigger: 'replay', signal: never });
    expect(mended).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(await all('select id, vendor_codes from deployment order by id')).toEqual([
      { id: '01:TTHC', vendor_codes: ['VNPT'] },
      { id: '04:TTHC', vendor_codes: ['FPT'] },
    ]);
    expect(await verifyState(db.em())).toEqual({ differences: 0, wrongHeads: 0 });
  });

  test('has rejected records taken once the mapping is mended', async () => {
    await push([
      { province: '01', vendor: 'vnpt' },
      { province: '04', vendor: 'FPT' },
    ]);
    const outcome = await replayRejections(await dependencies(), { source: pushed('2'), signal: never });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1, rejected: 0 } });
    expect(await all('select id, vendor_codes from deployment order by id')).toContainEqual({
      id: '01:TTHC',
      vendor_codes: ['VNPT'],
    });
  });

  test('turns stale when it says nothing within its time to live, and fresh with the same said again', async () => {
    await push([{ province: '01', vendor: 'VNPT' }]);
    now = new Date(now.getTime() + 2 * 60_000);
    await db.em().transactional((em) => sweepStaleness(em, { now }));
    expect(await all('select stale_since is not null as stale from deployment')).toEqual([{ stale: true }]);
    now = new Date(now.getTime() + 11 * 60_000);
    await push([{ province: '01', vendor: 'VNPT' }]);
    expect(await all('select stale_since is not null as stale from deployment')).toEqual([{ stale: false }]);
  });
});

describe('the same content again within minutes', () => {
  const said = [{ province: '01', vendor: 'VNPT' }];

  test('keeps fresh what it says, though it is the same delivery', async () => {
    await push(said);
    now = new Date(now.getTime() + 5 * 60_000);
    expect((await push(said)).isDuplicate).toBe(true);
    expect(await all('select seen_at from observation')).toEqual([{ seen_at: now }]);
    await db.em().transactional((em) => sweepStaleness(em, { now }));
    expect(await all('select stale_since from deployment')).toEqual([{ stale_since: null }]);
  });

  test('keeps nothing fresh where it is a redelivery of a known event', async () => {
    await push(said, { idempotencyKey: 'one' });
    const before = await all('select seen_at from observation');
    now = new Date(now.getTime() + 5 * 60_000);
    expect((await push(said, { idempotencyKey: 'one' })).isDuplicate).toBe(true);
    expect(await all('select seen_at from observation')).toEqual(before);
  });

  test('leaves what was said otherwise since as it is', async () => {
    await push(said);
    await db.em().execute(`update observation set attributes = '{"vendors": ["FPT"]}'`);
    const before = await all('select attributes, seen_at from observation');
    now = new Date(now.getTime() + 60_000);
    await push(said);
    expect(await all('select attributes, seen_at from observation')).toEqual(before);
  });
});

test('what was stored is told once it is, a redelivery not, with what was noticed', async () => {
  const told: unknown[] = [];
  const over = {
    onRunEnd: (source: string, run: PushedRun) =>
      told.push([source, run.state, run.counts.accepted, run.counts.rejected]),
    onDrift: (source: string, drift: readonly DriftNote[]) => told.push([source, ...drift.map(({ path }) => path)]),
  };
  const records = [
    { province: '01', vendor: 'VNPT', moi: 1 },
    { province: '04', vendor: 'nobody' },
  ];
  await push(records, { over });
  await push(records, { over });
  expect(told).toEqual([
    ['pushed', 'moi'],
    ['pushed', 'PARTIAL', 1, 1],
  ]);
});

test('receipts are kept for thirty days, and the same event is news after that', async () => {
  const records = [{ province: '01', vendor: 'VNPT' }];
  await push(records, { idempotencyKey: 'one' });
  now = new Date(now.getTime() + 29 * DAY_MS);
  expect(await keepHouse(db.em(), now)).toMatchObject({ receipts: 0 });
  expect((await push(records, { idempotencyKey: 'one' })).isDuplicate).toBe(true);
  now = new Date(now.getTime() + 2 * DAY_MS);
  expect(await keepHouse(db.em(), now)).toMatchObject({ receipts: 1 });
  expect((await push(records, { idempotencyKey: 'one' })).isDuplicate).toBe(false);
});
