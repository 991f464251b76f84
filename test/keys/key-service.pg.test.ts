import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadReference } from '../../seeds/reference.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { KeyService } from '../../src/services/keys/key-service.ts';
import { useDatabase } from '../support/database.ts';

const statements: string[] = [];
const db = useDatabase({ onStatement: (statement) => statements.push(statement) });
const LOOPBACK = '127.0.0.1';
let now = new Date('2026-01-01T00:00:00Z');
const service = (anonymous = true) =>
  new KeyService({ database: db.database(), clock: { now: () => now }, randomBytes, anonymous });
const stops: Array<() => Promise<void>> = [];
const running = async () => {
  const keys = service();
  stops.push(await keys.run());
  return keys;
};

beforeAll(async () => {
  await loadReference(db.em());
});
beforeEach(async () => {
  await db.em().execute('truncate api_key');
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe('who calls', () => {
  test('from loopback without a key is anonymous, where the hub allows it', async () => {
    await expect(service().authenticate(undefined, '::ffff:127.0.0.1')).resolves.toMatchObject({ role: 'anonymous' });
    await expect(service(false).authenticate(undefined, LOOPBACK)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('from elsewhere without a key is refused, and told how to send one', async () => {
    await expect(service().authenticate(undefined, '10.0.0.7')).rejects.toThrow(/Authorization: Bearer/);
  });

  test('with a key has its role and scope', async () => {
    const keys = service();
    const { token, key } = await keys.create({
      name: 'Phòng số liệu',
      role: 'operator',
      provinces: ['01', '04'],
      createdBy: 'test',
    });
    await expect(keys.authenticate(token, '10.0.0.7')).resolves.toMatchObject({
      role: 'operator',
      provinces: ['01', '04'],
      sources: null,
      keyId: key.id,
    });
  });

  test.each([`lt_0123456789_${'a'.repeat(43)}`, 'nonsense', 'lt_x'])('with %p is refused', async (token) => {
    await expect(service().authenticate(token, LOOPBACK)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('with the id of a key and another secret is refused', async () => {
    const keys = service();
    const { key } = await keys.create({ name: 'a', role: 'viewer', createdBy: 'test' });
    const forged = `lt_${key.id}_${randomBytes(32).toString('base64url')}`;
    await expect(keys.authenticate(forged, LOOPBACK)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a second request with the same key asks the database nothing for five seconds', async () => {
    const keys = service();
    const { token } = await keys.create({ name: 'a', role: 'viewer', createdBy: 'test' });
    await keys.authenticate(token, LOOPBACK);
    statements.length = 0;
    await keys.authenticate(token, LOOPBACK);
    expect(statements).toEqual([]);
    now = new Date(now.getTime() + 5_001);
    await keys.authenticate(token, LOOPBACK);
    expect(statements).toHaveLength(1);
  });
});

describe('issuing', () => {
  test('keeps the hash, never the token', async () => {
    const { token, key } = await service().create({ name: 'a', role: 'viewer', createdBy: 'test' });
    const rows = await db.em().execute('select * from api_key');
    expect(JSON.stringify(rows)).not.toContain(token.slice(`lt_${key.id}_`.length));
    expect(await service().list()).toEqual([key]);
  });

  test.each([
    ['no name', { name: ' ', role: 'viewer' }, /needs a name/],
    ['no such role', { name: 'a', role: 'king' }, /viewer, operator, source, admin/],
    ['a source key without sources', { name: 'a', role: 'source' }, /has to name them/],
    ['an admin key with a scope', { name: 'a', role: 'admin', provinces: ['01'] }, /cannot be limited/],
    ['an unknown province', { name: 'a', role: 'viewer', provinces: ['01', '99'] }, /province 99/],
    ['an unknown source', { name: 'a', role: 'source', sources: ['nobody'] }, /source nobody/],
    ['an empty scope', { name: 'a', role: 'viewer', provinces: [] }, /could do nothing/],
  ])('refuses %s', async (_name, request, message) => {
    const asked = { createdBy: 'test', ...request } as Parameters<KeyService['create']>[0];
    await expect(service().create(asked)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(message),
    });
    expect(await service().list()).toEqual([]);
  });

  test('of five first starts at once one makes the admin key, and none later does', async () => {
    const first = await Promise.all(Array.from({ length: 5 }, () => service().createFirstKey()));
    const made = first.filter((issued) => issued !== null);
    expect(made).toHaveLength(1);
    await expect(service().authenticate(made[0]?.token, '10.0.0.7')).resolves.toMatchObject({ role: 'admin' });
    expect(await service().createFirstKey()).toBeNull();
  });
});

describe('revoking', () => {
  test('ends the key on this gateway at once and on another within a moment', async () => {
    const here = await running();
    const there = await running();
    const { token, key } = await here.create({ name: 'a', role: 'viewer', createdBy: 'test' });
    await Promise.all([here.authenticate(token, LOOPBACK), there.authenticate(token, LOOPBACK)]);
    await here.revoke(key.id, 'test');
    await expect(here.authenticate(token, LOOPBACK)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const isRefused = () =>
      there.authenticate(token, LOOPBACK).then(
        () => false,
        () => true,
      );
    // The clock stands still, so that it is the notification and not the age of the cache that ends it.
    expect(await waitUntil(isRefused, { limitMs: 5_000 })).toBe(true);
  });

  test('twice keeps who did it first', async () => {
    const keys = service();
    const { key } = await keys.create({ name: 'a', role: 'viewer', createdBy: 'test' });
    await keys.revoke(key.id, 'An');
    await expect(keys.revoke(key.id, 'Bình')).resolves.toMatchObject({ revokedBy: 'An' });
  });

  test('an id that there is not says so', async () => {
    await expect(service().revoke('0000000000', 'test')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
