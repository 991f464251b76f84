import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { statusCodes } from '../../connectors/self-declared/contract.ts';
import { useDatabase } from '../support/database.ts';
import { type Answer, post, prepareIngest, startIngest, type TestIngest } from './ingest-setup.ts';

const db = useDatabase();
let hub: TestIngest;
let bacNinh: string;
const all = <Row>(sql: string): Promise<Row[]> => db.em().execute(sql) as Promise<Row[]>;
const push = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  post(`${hub.base}/ingest/self-declared`, typeof body === 'string' ? body : JSON.stringify(body), {
    authorization: bacNinh,
    ...headers,
  });
const pushCsv = (text: string): Promise<Answer> => push(text, { 'content-type': 'text/csv; charset=utf-8' });
const ready = { province: '24', system: 'TTHC', status: 'READY', vendors: ['SELF'] };

beforeAll(() => prepareIngest(db));
beforeEach(async () => {
  await db
    .em()
    .execute(
      'truncate observation, deployment, change, conflict, sync_run, rejection, receipt, api_key, source_notice',
    );
  hub = await startIngest(db);
  bacNinh = await hub.keyFor('24');
});
afterEach(() => hub.stop());

describe('a province that reports on itself', () => {
  test('gets a receipt that it can look up, and its report stands in the state', async () => {
    const taken = await push([ready, { province: '24', system: 'QLVB', note: 'Đang chạy thử.' }]);
    expect(taken.status).toBe(202);
    expect(taken.body).toMatchObject({
      status: 'ACCEPTED',
      duplicate: false,
      counts: { read: 2, accepted: 3, rejected: 0 },
    });
    const location = taken.headers.get('location') as string;
    expect(location).toBe(`/ingest/self-declared/receipts/${taken.body.receipt}`);
    const found = await fetch(hub.base + location, { headers: { authorization: bacNinh } });
    expect(found.status).toBe(200);
    expect(await found.json()).toMatchObject({
      receipt: taken.body.receipt,
      counts: taken.body.counts,
      source: 'self-declared',
    });
    expect(await all('select id, vendor_codes, status, note from deployment order by id')).toEqual([
      { id: '24:QLVB', vendor_codes: null, status: null, note: 'Đang chạy thử.' },
      { id: '24:TTHC', vendor_codes: ['SELF'], status: 'READY', note: null },
    ]);
    expect(await all('select id::text, source_id, trigger, state, accepted from sync_run')).toEqual([
      { id: taken.body.run, source_id: 'self-declared', trigger: 'push', state: 'SUCCEEDED', accepted: 3 },
    ]);
  });

  test('may send CSV as a spreadsheet saves it: Vietnamese columns, semicolons, byte order mark, empty cells', async () => {
    const taken = await pushCsv(
      '\ufeffMã tỉnh;Hệ thống;Tình trạng;Đơn vị triển khai;Ghi chú;Thời điểm\r\n' +
        '24;TTHC;Đã sẵn sàng;SELF;"Xong; chờ\r\nvận hành.";27/06/2025 08:30\r\n24;QLVB;;SELF;;\r\n;;;;;\r\n',
    );
    expect(taken.body).toMatchObject({ status: 'ACCEPTED', counts: { read: 2, accepted: 4 }, ignoredFields: [] });
    expect(await all(`select id, vendor_codes, status, note from deployment order by id`)).toEqual([
      { id: '24:QLVB', vendor_codes: ['SELF'], status: null, note: null },
      { id: '24:TTHC', vendor_codes: ['SELF'], status: 'READY', note: 'Xong; chờ\r\nvận hành.' },
    ]);
    expect(await all(`select observed_from from observation where facet = 'status'`)).toEqual([
      { observed_from: new Date('2025-06-27T01:30:00Z') },
    ]);
  });

  test('may send the rows of the guide as they stand there', async () => {
    const guide = await readFile(join(import.meta.dirname, '../../docs/push.md'), 'utf8');
    const rows = /^```csv\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? '';
    const taken = await pushCsv(rows);
    expect(taken.body).toMatchObject({ status: 'ACCEPTED', counts: { read: 2, rejected: 0 }, ignoredFields: [] });
  });

  test('says nothing of what it leaves out, and takes back what it crosses out', async () => {
    await push({ ...ready, difficulty: 'Thiếu máy trạm.' });
    // The domain's clock stands still here: of two without a time, the one that came later counts.
    hub.clock.now = new Date(hub.clock.now.getTime() + 1_000);
    await push({ province: '24', system: 'TTHC', status: 'OPERATING' });
    expect(await all('select status, difficulty from deployment')).toEqual([
      { status: 'OPERATING', difficulty: 'Thiếu máy trạm.' },
    ]);
    hub.clock.now = new Date(hub.clock.now.getTime() + 1_000);
    await pushCsv('province,system,difficulty\n24,TTHC,-\n');
    expect(await all('select status, difficulty from deployment')).toEqual([{ status: 'OPERATING', difficulty: null }]);
  });

  test('is told of a row that says nothing, whose columns may be called otherwise', async () => {
    const refused = await pushCsv('Mã tỉnh;Hệ thống;Trạng thái hiện nay;Ghi chu\n24;TTHC;Đã sẵn sàng;Tốt\n');
    expect(refused.status).toBe(422);
    expect(refused.body.error.details?.problems).toEqual([
      {
        line: 2,
        row: 1,
        field: null,
        value: null,
        reason: expect.stringMatching(/^it says nothing; the columns are: .*"observedAt".*"thời điểm"/),
      },
    ]);
  });

  test('is told all that is wrong with line, row, field and value, and nothing of it is stored', async () => {
    const refused = await pushCsv(
      'Mã tỉnh;Hệ thống;Tình trạng;Đơn vị triển khai;Thời điểm\n' +
        '24;TTHC;READY;SELF;27/06/2025 08:30\n' +
        '24;hop;READY;SELF;31/06/2025 08:30\n' +
        '24;LGSP;READY;KHONGCO;27/06/2025 08:30\n' +
        '24;QLVB;READY;SELF;27/06/2025 08:30;thừa\n' +
        '48;TTHC;READY;SELF;27/06/2025 08:30\n' +
        '24;HOP;READY;SELF;28/06/2025 08:30\n',
    );
    expect(refused.status).toBe(422);
    expect(refused.body.error).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Nothing was taken: 5 of 6 records are wrong.',
    });
    expect(refused.body.error.details?.problems).toEqual([
      { line: 3, row: 2, field: 'Hệ thống', value: 'hop', reason: 'is no code' },
      { line: 3, row: 2, field: 'Thời điểm', value: '31/06/2025 08:30', reason: 'is no time such as 27/06/2025 12:15' },
      { line: 4, row: 3, field: 'Đơn vị triển khai', value: 'KHONGCO', reason: 'unknown vendor "KHONGCO"' },
      { line: 5, row: 4, field: null, value: null, reason: 'It has 6 cells and the header names 5 columns.' },
      { line: 6, row: 5, field: 'Mã tỉnh', value: '48', reason: 'the key speaks of 24 only, not of "48"' },
      {
        ...{ line: 7, row: 6, field: 'Thời điểm', value: '28/06/2025 08:30' },
        reason: expect.stringContaining('min in the future'),
      },
    ]);
    expect(
      await all('select 1 from observation union all select 1 from receipt union all select 1 from sync_run'),
    ).toEqual([]);
  });

  test('is told the line in JSON too, also where it is no JSON at all', async () => {
    const refused = await push(
      '{"rows": [\n  {"province": "24", "system": "TTHC", "note": "x"},\n  {"province": "24",\n   "system": 7}\n]}',
    );
    expect(refused.status).toBe(422);
    expect(refused.body.error.details?.problems).toMatchObject([{ line: 4, row: 2, field: 'system', value: '7' }]);
    const garbage = await push('{"rows": [\n  {"province": }\n]}');
    expect(garbage.status).toBe(400);
    expect(garbage.body.error.details?.problems).toMatchObject([{ line: 2 }]);
    const empty = await push('[]');
    expect(empty.status).toBe(400);
  });

  test('is refused where it names another province, or says nothing', async () => {
    const refused = await push({ ...ready, province: '48' });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details?.problems).toMatchObject([{ field: 'province', value: '48' }]);
    expect(await all('select 1 from deployment')).toEqual([]);
  });

  test('is told of fields that the hub does not know, and of codes that it does not, which stay unmapped', async () => {
    const taken = await push({ ...ready, status: 'Gần xong', tinhTrang: 'x' });
    expect(taken.body).toMatchObject({ status: 'ACCEPTED', ignoredFields: ['tinhTrang'] });
    expect(await all('select status from deployment')).toEqual([{ status: 'UNMAPPED' }]);
    expect(
      await all(`select detail->>'rawCode' as code, detail->>'codeMapVersion' as map from observation
        where facet = 'status'`),
    ).toEqual([{ code: 'Gần xong', map: statusCodes.version }]);
    expect(await all(`select path, sample from source_notice where kind = 'UNMAPPED_CODE'`)).toEqual([
      { path: `deployment.status@${statusCodes.version}`, sample: 'Gần xong' },
    ]);
  });
});

describe('sent again', () => {
  test('the same content is the same delivery for ten minutes, and news after that', async () => {
    const first = await push(ready);
    const again = await push(ready);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ receipt: first.body.receipt, duplicate: true, deliveries: 2 });
    hub.clock.now = new Date(hub.clock.now.getTime() + 11 * 60_000);
    const later = await push(ready);
    expect(later.status).toBe(202);
    expect(later.body).toMatchObject({ counts: { accepted: 0, unchanged: 2 } });
    expect(await all('select distinct seen_at from observation')).toEqual([{ seen_at: hub.clock.now }]);
  });

  test('a report that returns to what was said before the last one is news at once', async () => {
    await push({ ...ready, status: 'OPERATING', observedAt: '2025-06-27T01:00:00Z' });
    await push({ ...ready, status: 'READY', observedAt: '2025-06-27T02:00:00Z' });
    expect((await push({ ...ready, status: 'OPERATING', observedAt: '2025-06-27T01:00:00Z' })).status).toBe(202);
    expect(await all('select status from deployment')).toEqual([{ status: 'READY' }]);
  });

  test('an Idempotency-Key is one delivery for good, and another content under it is a conflict', async () => {
    const headers = { 'idempotency-key': 'bao-cao-1' };
    const first = await push(ready, headers);
    hub.clock.now = new Date(hub.clock.now.getTime() + 24 * 3_600_000);
    expect((await push(ready, headers)).body).toMatchObject({ receipt: first.body.receipt, duplicate: true });
    const other = await push({ ...ready, status: 'OPERATING' }, headers);
    expect(other.status).toBe(409);
    expect(other.body.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(first.body.receipt) });
    expect(await all('select status from deployment')).toEqual([{ status: 'READY' }]);
  });

  test('keys of two provinces may name their deliveries alike', async () => {
    const other = await hub.keyFor('46');
    const headers = { 'idempotency-key': '1' };
    await push(ready, headers);
    const second = await push({ ...ready, province: '46' }, { ...headers, authorization: other });
    expect(second.status).toBe(202);
  });

  test('twenty deliveries of one event at once are stored once', async () => {
    const headers = { 'idempotency-key': 'mot-lan' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => push(ready, headers)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(new Set(answers.map(({ body }) => body.receipt)).size).toBe(1);
    expect(await all('select deliveries from receipt')).toEqual([{ deliveries: 20 }]);
    expect(await all('select count(*)::int as runs from sync_run')).toEqual([{ runs: 1 }]);
  });
});
