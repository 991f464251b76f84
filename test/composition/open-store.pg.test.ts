import { expect, test } from '@jest/globals';
import pg from 'pg';
import { openStore } from '../../src/composition/open-store.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { useDatabase } from '../support/database.ts';

const LIMIT = 6;
const db = useDatabase();

test('a start waits while others hold the last connections, and goes on once they let go', async () => {
  const role = `few_${process.pid}`;
  const url = new URL(db.url());
  url.username = role;
  url.password = 'few';
  const all = (sql: string) => db.em().execute(sql);
  await all(`create role ${role} login password 'few' connection limit ${LIMIT}`);
  await all(`grant pg_read_all_data, pg_write_all_data to ${role}`);
  try {
    const others = Array.from({ length: LIMIT }, () => new pg.Client({ connectionString: url.href }));
    await Promise.all(others.map((other) => other.connect()));
    const steps: string[] = [];
    const store = await openStore({
      config: { databaseUrl: url.href, dataDir: '' },
      logger: silentLogger,
      onProgress: (step) => {
        steps.push(step);
        void Promise.all(others.splice(0).map((other) => other.end()));
      },
    });
    expect(steps).toEqual(['waiting for the database to take connections']);
    await expect(store.database.fork().execute('select count(*)::int as count from province')).resolves.toEqual([
      { count: 34 },
    ]);
    await store.stop();
  } finally {
    await all(`drop owned by ${role}; drop role ${role}`);
  }
});
