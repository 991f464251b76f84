import { Agent, type RequestOptions, request } from 'node:http';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { type Answer, post, prepareIngest, startIngest, type TestIngest } from './ingest-setup.ts';

const db = useDatabase();
let hub: TestIngest;
const all = <Row>(sql: string): Promise<Row[]> => db.em().execute(sql) as Promise<Row[]>;
const row = JSON.stringify({ province: '24', system: 'TTHC', status: 'READY' });
const push = (source: string, headers: Record<string, string> = {}, body = row): Promise<Answer> =>
  post(`${hub.base}/ingest/${source}`, body, headers);

beforeAll(() => prepareIngest(db));
beforeEach(async () => {
  await db.em().execute('truncate observation, deployment, change, conflict, sync_run, rejection, receipt, api_key');
  hub = await startIngest(db);
});
afterEach(() => hub.stop());

describe('who may push', () => {
  test('nobody learns without a key which sources there are', async () => {
    const answers = await Promise.all(
      ['self-declared', 'hapro', 'vnpt', 'no-such-source'].map((source) => push(source)),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body).toEqual(answers[0]?.body);
    }
    const wrong = await push('self-declared', { authorization: `Bearer lt_0123456789_${'x'.repeat(43)}` });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toContain('Bearer');
  });

  test('a key pushes to the sources that it names only, and only one of role source or an admin', async () => {
    const authorization = await hub.keyFor('24');
    expect((await push('no-such-source', { authorization })).status).toBe(403);
    for (const [role, status] of [
      ['viewer', 403],
      ['operator', 403],
      ['admin', 202],
    ] as const) {
      const { token } = await hub.keys.create({ name: role, role, createdBy: 'test' });
      expect((await push('self-declared', { authorization: `Bearer ${token}` })).status).toBe(status);
    }
    const { token } = await hub.keys.create({ name: 'admin', role: 'admin', createdBy: 'test' });
    for (const source of ['no-such-source', 'vnpt']) {
      expect((await push(source, { authorization: `Bearer ${token}` })).body.error).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
  });

  test('a receipt is for who pushed it, and for operators', async () => {
    const authorization = await hub.keyFor('24');
    const other = await hub.keyFor('46');
    const { token } = await hub.keys.create({ name: 'operator', role: 'operator', createdBy: 'test' });
    const { headers } = await push('self-declared', { authorization });
    const statusFor = async (key?: string): Promise<number> =>
      (await fetch(hub.base + headers.get('location'), key ? { headers: { authorization: key } } : {})).status;
    expect(await statusFor(authorization)).toBe(200);
    expect(await statusFor(`Bearer ${token}`)).toBe(200);
    expect(await statusFor(other)).toBe(404);
    expect(await statusFor()).toBe(401);
    const none = `${hub.base}/ingest/self-declared/receipts/`;
    for (const id of ['x', '%00', '%ed%a0%80']) {
      const { status } = await fetch(none + id, { headers: { authorization } });
      expect([id, status]).toEqual([id, id === '%ed%a0%80' ? 400 : 404]);
    }
  });
});

describe('what is taken at all', () => {
  test('as many bytes as the source takes, in a format of its, without a content-encoding', async () => {
    const authorization = await hub.keyFor('24');
    const most = 2 ** 20;
    expect((await push('self-declared', { authorization }, row.padEnd(most))).status).toBe(202);
    const large = await push('self-declared', { authorization }, row.padEnd(most + 1));
    expect(large.status).toBe(413);
    expect(large.body.error).toMatchObject({
      code: 'LIMIT_DOCUMENT_SIZE',
      message: 'Send at most 1048576 bytes at a time.',
    });
    expect((await push('self-declared', { authorization, 'content-type': 'application/xml' })).status).toBe(415);
    expect((await push('self-declared', { authorization, 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await push('self-declared', { authorization, 'content-type': 'text/csv; charset=latin1' })).status).toBe(
      415,
    );
    const get = await fetch(`${hub.base}/ingest/self-declared`);
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toBe('POST');
  });

  test('nothing while an operator has paused the source, or before a worker has registered it', async () => {
    const authorization = await hub.keyFor('24');
    await db.em().execute(`update source set paused_at = now() where id = 'self-declared'`);
    const paused = await push('self-declared', { authorization });
    expect(paused.status).toBe(503);
    expect(paused.headers.get('retry-after')).not.toBeNull();
    await db.em().execute(`update source set paused_at = null where id = 'self-declared'`);
    expect((await push('self-declared', { authorization })).status).toBe(202);
  });

  test('garbage of any kind is answered with an error that tells no inside', async () => {
    const authorization = await hub.keyFor('24');
    const bodies = ['', '\0\0', 'null', '7', '"x"', '[[[[', '{"__proto__": {"province": "24"}}', '[{}]', '[null, 1]'];
    for (const body of bodies) {
      const { status, body: answer } = await push('self-declared', { authorization }, body);
      expect([400, 422]).toContain(status);
      expect(JSON.stringify(answer)).not.toMatch(/ at |node_modules|select |stack/i);
    }
    const deep = await push('self-declared', { authorization }, '['.repeat(500_000));
    expect(deep.status).toBe(400);
    expect(await all('select 1 from deployment')).toEqual([]);
  });
});

/** With an agent of its own: `fetch` would open a connection for each. */
const statusOf = (url: string, options: RequestOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { ...options, method: 'POST' }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.once('error', reject).end(row);
  });

describe('under load', () => {
  test('a sender that is ahead of its pace is told when to come back, and another is not held up', async () => {
    await hub.stop();
    hub = await startIngest(db, { burst: 3, perSecond: 0.001, atOnce: 2 });
    const [first, second] = [await hub.keyFor('24'), await hub.keyFor('46')];
    const statuses = [];
    for (let n = 0; n < 5; n += 1) {
      statuses.push((await push('self-declared', { authorization: first, 'idempotency-key': `${n}` })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 429, 429]);
    const limited = await push('self-declared', { authorization: first });
    expect(limited.body.error.code).toBe('LIMIT_RATE');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = JSON.stringify({ province: '46', system: 'TTHC', status: 'READY' });
    expect((await push('self-declared', { authorization: second }, other)).status).toBe(202);
    expect(await hub.metrics()).toMatch(/lienthong_pushes_total\{source="self-declared",outcome="limited"\} 3/);
  });

  test('ten thousand deliveries at once are each taken or sent away, and the hub answers on', async () => {
    const authorization = await hub.keyFor('24');
    const counts = new Map<number, number>();
    const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
    const headers = { authorization, 'content-type': 'application/json' };
    await Promise.all(
      Array.from({ length: 10_000 }, async (_, n) => {
        const key = { 'idempotency-key': `tai-${n % 100}` };
        const status = await statusOf(`${hub.base}/ingest/self-declared`, { agent, headers: { ...headers, ...key } });
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }),
    );
    agent.destroy();
    expect([...counts.keys()].every((status) => [200, 202, 429].includes(status))).toBe(true);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect((await fetch(`${hub.base}/healthz`)).status).toBe(200);
    const [stored] = await all<{ receipts: number }>('select count(*)::int as receipts from receipt');
    expect(stored?.receipts).toBe(counts.get(202));
    expect((await push('self-declared', { authorization, 'idempotency-key': 'danach' })).status).toBe(202);
  });
});
