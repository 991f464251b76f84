import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { KEY_CHANNEL } from '../../src/database/channels.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { watchRevokedKeys } from '../../src/transport/revoked-keys.ts';
import { useDatabase } from '../support/database.ts';

const test = useDatabase();

async function addKey(id: string): Promise<void> {
  await sql`insert into api_key (id, name, hash, role, created_at, created_by)
    values (${id}, ${id}, ${id}, 'viewer', now(), 'test')`.execute(test.em().getKysely());
}

const revoke = (id: string) =>
  sql`update api_key set revoked_at = now(), revoked_by = 'test' where id = ${id}`.execute(test.em().getKysely());

describe('a key that is revoked', () => {
  const ended: string[] = [];
  const inUse = new Set(['kept', 'notified', 'missed']);
  const clients = {
    keyIds: () => [...inUse],
    disconnectKey: async (keyId: string) => {
      inUse.delete(keyId);
      ended.push(keyId);
    },
  };
  let stop: () => Promise<void>;
  beforeAll(async () => {
    for (const id of inUse) await addKey(id);
    stop = await watchRevokedKeys(test.database(), [clients], silentLogger);
  });
  afterAll(() => stop());

  it('ends its connections as soon as the notification comes', async () => {
    await revoke('notified');
    await sql`select pg_notify(${KEY_CHANNEL}, 'notified')`.execute(test.em().getKysely());
    expect(await waitUntil(() => ended.includes('notified'), { limitMs: 5_000 })).toBe(true);
  });

  it('ends them also when the notification was lost with its connection', async () => {
    await revoke('missed');
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'lienthong listener'`.execute(test.em().getKysely());
    expect(await waitUntil(() => ended.includes('missed'), { limitMs: 10_000 })).toBe(true);
    expect(ended).toEqual(['notified', 'missed']);
  });
});
