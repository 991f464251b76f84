import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createDatabaseClone } from './database.ts';

test('two clones do not see each other, and both are migrated', async () => {
  const [one, other] = await Promise.all([createDatabaseClone(), createDatabaseClone()]);
  const insert = `insert into vendor (code, name, kind) values ('VNPT', 'VNPT', 'enterprise') returning code`;
  expect(await query(one.url, insert)).toEqual([{ code: 'VNPT' }]);
  expect(await query(other.url, insert)).toEqual([{ code: 'VNPT' }]);
  await Promise.all([one.drop(), other.drop()]);
});

test('a connection that is left open fails whoever left it, and the database goes all the same', async () => {
  const clone = await createDatabaseClone();
  const left = new pg.Client({ connectionString: clone.url, application_name: 'forgotten' });
  left.on('error', () => undefined);
  await left.connect();
  await expect(clone.drop(500)).rejects.toThrow(/left open: forgotten/);
  await expect(query(clone.url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
  await left.end();
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(sql).then(
    async ({ rows }) => {
      await client.end();
      return rows as unknown[];
    },
    async (error) => {
      await client.end();
      throw error;
    },
  );
}
