import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { migrate } from '../../src/database/migrate.ts';
import { MIGRATION_TABLE, migrationsList } from '../../src/database/migrations-list.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import { createEmptyDatabase, type DatabaseClone } from '../support/database.ts';

const names = migrationsList.map(({ name }) => name);

/** Before equal rejections were one. */
const rejectedThrice = `insert into source (id, connector, name) values ('vnpt', 'vnpt', 'VNPT');
  insert into rejection (source_id, stream, reason, record, contract_version, run_id, at, settled_at, settled_by_run) values
    ('vnpt', 'systems', 'no status', '{"a": 1}', '1', 1, '2025-06-25T00:00:00Z', '2025-06-28T00:00:00Z', 9),
    ('vnpt', 'systems', 'no status', '{"a": 1}', '1', 2, '2025-06-26T00:00:00Z', null, null),
    ('vnpt', 'systems', 'no status', '{"a": 1}', '1', 3, '2025-06-27T00:00:00Z', '2025-06-28T00:00:00Z', 9),
    ('vnpt', 'systems', 'no vendor', '{"a": 1}', '1', 1, '2025-06-25T00:00:00Z', null, null),
    ('vnpt', 'systems', 'settled twice', '{"b": 1}', '1', 1, '2025-06-25T00:00:00Z', '2025-06-27T00:00:00Z', 8),
    ('vnpt', 'systems', 'settled twice', '{"b": 1}', '1', 2, '2025-06-26T00:00:00Z', '2025-06-28T00:00:00Z', 9)`;

describe('migrate', () => {
  let empty: DatabaseClone;
  let opened: Database[];

  beforeEach(async () => {
    empty = await createEmptyDatabase();
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await empty.drop();
  });

  const open = async (): Promise<Database> => {
    const database = await openDatabase({ url: empty.url, applicationName: 'lienthong test', poolMax: 2 });
    opened.push(database);
    return database;
  };

  test('brings an empty database up and begins the change log, then finds nothing to do', async () => {
    const database = await open();
    const steps: string[] = [];
    const now = () => new Date('2025-06-27T05:15:00Z');
    expect(await migrate(database, { now, random: () => 0.5, onProgress: (step) => steps.push(step) })).toEqual(names);
    expect(steps).toHaveLength(1);
    expect(await migrate(database, { onProgress: (step) => steps.push(step) })).toEqual([]);
    expect(steps).toHaveLength(1);
    const log = await database.fork().execute('select epoch, oldest_seq from change_log');
    expect(log).toEqual([{ epoch: `${(1_751_001_300).toString(36)}i000`, oldest_seq: 1 }]);
  });

  test('an epoch is a cursor epoch, whatever the chance and the time', async () => {
    const database = await open();
    await migrate(database, { random: () => 0 });
    const [row] = await database.fork().execute<{ epoch: string }[]>('select epoch from change_log');
    expect(row?.epoch).toMatch(/^[0-9a-z]{1,32}$/);
  });

  test('five that start at once migrate once', async () => {
    const databases = await Promise.all([1, 2, 3, 4, 5].map(open));
    const done = await Promise.all(databases.map((database) => migrate(database)));
    expect(done.filter((steps) => steps.length > 0)).toEqual([names]);
    const rows = await (await open()).fork().execute(`select count(*) from ${MIGRATION_TABLE}`);
    expect(rows).toEqual([{ count: names.length }]);
  });

  test('a database that knows more than the code is refused and left alone', async () => {
    const database = await open();
    await migrate(database);
    await database.fork().execute(`insert into ${MIGRATION_TABLE} (name) values ('migration-29990101000000-later')`);
    await expect(migrate(database)).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(/newer version.*migration-29990101000000-later.*DATA_DIR or DATABASE_URL/),
    });
  });

  test('waiting for another that migrates can be cancelled', async () => {
    const [first, second] = [await open(), await open()];
    const stopping = new AbortController();
    let waiting: Promise<string[]> | undefined;
    const onProgress = (): void => {
      // The first holds the lock here, so the second can only wait.
      waiting = migrate(second, { signal: stopping.signal });
      waiting.catch(() => undefined);
      stopping.abort(new Error('stop'));
    };
    await migrate(first, { onProgress });
    await expect(waiting).rejects.toThrow();
  });

  test('a database that is not there is told as such', async () => {
    const url = new URL(empty.url);
    url.pathname = '/no_such_database';
    const database = await openDatabase({ url: url.href, applicationName: 'lienthong test' });
    await expect(migrate(database)).rejects.toMatchObject({ code: 'CONFIGURATION' });
    await database.close();
  });

  describe('each step', () => {
    /** Rows that stand before a step and must stand after it and after its way back. */
    const before: Record<string, string> = {
      'migration-20261121000002-runs': `insert into source (id, connector, name) values ('khcn', 'khcn', 'KHCN')`,
      'migration-20261121000003-usage': `insert into source (id, connector, name) values ('vnpt', 'vnpt', 'VNPT')`,
      'migration-20261122000001-dossiers': `insert into source (id, connector, name) values ('vnpt', 'vnpt', 'VNPT');
        insert into service_health (province_code, system_code, vendor_code, source_id, measured_at, uptime_percent,
          cpu_percent, memory_percent, traffic_mbps, alerts, recorded_at)
        values ('01', 'TTHC', 'VNPT', 'vnpt', now(), 99, 1, 1, 1, 0, now())`,
      'migration-20261122000003-raw-answers': `insert into source (id, connector, name) values ('vnpt', 'vnpt', 'VNPT');
        insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
        values ('vnpt', 'command', 'FAILED', 'w', now(), now());
        insert into rejection (source_id, stream, reason, record, contract_version, at)
        values ('vnpt', 'systems', 'no status', '{}', '1', now())`,
      'migration-20261122000004-receipts': `insert into source (id, connector, name) values ('hapro', 'hapro', 'Hapro')`,
      'migration-20261122000005-rejections-once': rejectedThrice,
      'migration-20261122000006-run-progress': `insert into source (id, connector, name) values ('vnpt', 'vnpt', 'VNPT');
        insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
        values ('vnpt', 'command', 'FAILED', 'w', now(), now())`,
      'migration-20261130000001-jobs-schema': `create schema lienthong_jobs`,
      'migration-20261130000022-kept-lookups': `insert into source (id, connector, name) values ('dvcqg', 'dvcqg', 'DVCQG')`,
      'migration-20261130000021-sender-scope': `insert into source (id, connector, name) values ('hapro', 'hapro', 'Hapro');
        insert into rejection (source_id, stream, reason, record, contract_version, at, last_at, hash)
        values ('hapro', 'push', 'no status', '{}', '1', now(), now(), 'h')`,
      'migration-20261130000020-told-at': `insert into source (id, connector, name) values ('emc', 'emc', 'EMC');
        insert into dossier_statistics (province_code, procedure_code, source_id, day, received, online, on_time, overdue,
          recorded_at) values ('01', '1.1', 'emc', now(), 1, 1, 1, 1, now())`,
    };

    test.each(names)('%s goes up and back down, and rows from before stay', async (name) => {
      const database = await open();
      const index = names.indexOf(name);
      if (index > 0) await database.orm.migrator.up({ to: names[index - 1] as string });
      const rows = before[name];
      if (rows) await database.fork().execute(rows);
      const schema = await describeSchema(database);
      const count = await countSources(database);

      await database.orm.migrator.up({ to: name });
      expect(await describeSchema(database)).not.toEqual(schema);
      if (count !== null) expect(await countSources(database)).toBe(count);

      await database.orm.migrator.down({ migrations: [name] });
      expect(await describeSchema(database)).toEqual(schema);
      expect(await countSources(database)).toBe(count);
    });

    test('equal rejections become one with the counts of all, open if any of them was', async () => {
      const database = await open();
      const name = 'migration-20261122000005-rejections-once';
      await database.orm.migrator.up({ to: names[names.indexOf(name) - 1] as string });
      await database.fork().execute(rejectedThrice);
      await database.orm.migrator.up({ to: name });
      const rows = `select reason, count, at, last_at, run_id, settled_at from rejection order by id`;
      const day = (date: number) => new Date(Date.UTC(2025, 5, date));
      const alone = { count: 1, at: day(25), last_at: day(25), run_id: 1 };
      expect(await database.fork().execute(rows)).toEqual([
        { reason: 'no status', count: 3, at: day(25), last_at: day(27), run_id: 3, settled_at: null },
        { ...alone, reason: 'no vendor', settled_at: null },
        { reason: 'settled twice', count: 2, at: day(25), last_at: day(26), run_id: 2, settled_at: day(28) },
      ]);
      await database.orm.migrator.down({ migrations: [name] });
      expect(await database.fork().execute('select reason, at from rejection order by id')).toHaveLength(3);
    });
  });
});

/** Everything that a migration may make: tables with columns, indexes, functions, sequences, schemas. */
async function describeSchema(database: Database): Promise<string[]> {
  const rows = await database.fork().execute<{ what: string }[]>(
    `select c.relkind::text || ' ' || c.relname || coalesce(' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod), '') as what
       from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relname not like ?
     union all select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
     union all select 'schema ' || nspname from pg_namespace where nspname !~ '^pg_' order by 1`,
    [`${MIGRATION_TABLE}%`],
  );
  return rows.map(({ what }) => what);
}

/** Null where the table is not there. */
async function countSources(database: Database): Promise<number | null> {
  const [found] = await database
    .fork()
    .execute<{ there: boolean }[]>(`select to_regclass('source') is not null as there`);
  if (!found?.there) return null;
  const [row] = await database.fork().execute<{ count: number }[]>('select count(*) from source');
  return row?.count ?? null;
}
