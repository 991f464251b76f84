import { describe, expect, test } from '@jest/globals';
import { type RawBuilder, sql } from 'kysely';
import { CHANGE_CHANNEL } from '../../src/database/channels.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { translateDatabaseError } from '../../src/database/translate-error.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { useDatabase } from '../support/database.ts';

describe('an open database', () => {
  const statements: string[] = [];
  const db = useDatabase({ onStatement: (statement) => statements.push(statement) });

  test('reads int8 as a number and timestamptz as a Date, in UTC', async () => {
    const query = `select 9007199254740991::int8 as big, '2025-06-27T12:15:00+07:00'::timestamptz as at,
      current_setting('TimeZone') as zone`;
    const expected = [{ big: 9007199254740991, at: new Date('2025-06-27T05:15:00Z'), zone: 'UTC' }];
    expect(await db.em().execute(query)).toEqual(expected);
    expect(await run(sql.raw(query))).toEqual(expected);
  });

  test('an int8 that a number cannot hold is an error, not a wrong number', async () => {
    await expect(db.em().execute('select 9007199254740993::int8')).rejects.toThrow(/does not fit/);
  });

  test('lower case and upper case know Vietnamese letters', async () => {
    expect(await run(sql`select lower('ĐÀ NẴNG') as low, upper('huế') as up`)).toEqual([{ low: 'đà nẵng', up: 'HUẾ' }]);
  });

  test('tells of every statement, from the ORM and from kysely, transaction control included', async () => {
    await db.em().execute('select 0');
    statements.length = 0;
    await db.em().transactional(async (em) => {
      await em.execute('select 1');
      await sql`select ${2}::int`.execute(em.getKysely());
    });
    expect(statements.map((statement) => statement.toLowerCase())).toEqual([
      'begin',
      'select 1',
      'select $1::int',
      'commit',
    ]);
  });

  test('cancels a statement that takes longer than it may, with an error of ours', async () => {
    const slow = await openDatabase({ url: db.url(), applicationName: 'slow', statementTimeoutMs: 20 });
    await expect(slow.fork().execute('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
    await slow.close();
  });

  test('closes in a few seconds although a statement would run on, which gets an error of ours', async () => {
    const closing = await openDatabase({ url: db.url(), applicationName: 'closing' });
    const running = closing.fork().execute('select pg_sleep(60)');
    const failed = running.catch((error: unknown) => translateDatabaseError(error));
    await waitUntil(() => isRunning('select pg_sleep(60)'), { limitMs: 10_000 });
    await closing.close();
    expect(await failed).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await cutConnections('closing');
  });

  test('closes although a connection is only just being made', async () => {
    const closing = await openDatabase({ url: db.url(), applicationName: 'closing' });
    const running = closing.fork().execute('select 1');
    await Promise.allSettled([running, closing.close()]);
  });

  test('survives its connections being cut', async () => {
    await db.em().execute('select 1');
    await cutConnections('lienthong test');
    await db.database().ping();
    expect(await db.em().execute('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('hears notifications, and is told to read the table after its connection was cut', async () => {
    const heard = createQueue<string>();
    const listener = await db
      .database()
      .listen([CHANGE_CHANNEL], (channel, payload) => heard.push(`${channel} ${payload}`), {
        onReconnect: () => heard.push('reconnected'),
      });
    await db.em().execute(`notify ${CHANGE_CHANNEL}, '7'`);
    expect(await heard.next()).toBe(`${CHANGE_CHANNEL} 7`);
    await cutConnections('lienthong listener');
    expect(await heard.next()).toBe('reconnected');
    await db.em().execute(`notify ${CHANGE_CHANNEL}, '8'`);
    expect(await heard.next()).toBe(`${CHANGE_CHANNEL} 8`);
    await listener.close();
  });

  test('a listener ends with its signal, and one that cannot connect at first says so', async () => {
    const ending = new AbortController();
    const listener = await db.database().listen([CHANGE_CHANNEL], () => undefined, { signal: ending.signal });
    ending.abort();
    await listener.close();
    const gone = await openDatabase({ url: 'postgresql://x:y@127.0.0.1:1/z', applicationName: 'gone' });
    await expect(gone.listen([CHANGE_CHANNEL], () => undefined)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(gone.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await gone.close();
  });

  test('an address that is none is refused without being repeated', async () => {
    await expect(openDatabase({ url: 'mysql://u:secret@h/d', applicationName: 'x' })).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.not.stringContaining('secret'),
    });
  });

  async function run(query: RawBuilder<unknown>): Promise<unknown[]> {
    return (await query.execute(db.em().getKysely())).rows;
  }

  async function isRunning(statement: string): Promise<boolean> {
    const rows = await db
      .em()
      .execute(`select 1 from pg_stat_activity where query = ? and state = 'active'`, [statement]);
    return rows.length > 0;
  }

  async function cutConnections(applicationName: string): Promise<void> {
    await db.em().execute(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where application_name = ? and datname = current_database() and pid <> pg_backend_pid()`,
      [applicationName],
    );
  }
});

/** What was pushed, one by one, waiting for what is not there yet. */
function createQueue<T>(): { push(item: T): void; next(): Promise<T> } {
  const items: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    push: (item) => {
      const waiter = waiting.shift();
      if (waiter) waiter(item);
      else items.push(item);
    },
    next: () => {
      const item = items.shift();
      return item === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(item);
    },
  };
}
