import { describe, expect, test } from '@jest/globals';
import { useDatabase } from '../support/database.ts';

describe('an open database', () => {
  const statements: string[] = [];
  const db = useDatabase({ onStatement: (sql) => statements.push(sql) });

  test('reads int8 as a number and timestamptz as a Date, in UTC', async () => {
    const rows = await db
      .em()
      .execute(
        `select 9007199254740991::int8 as big, '2025-06-27T12:15:00+07:00'::timestamptz as at, current_setting('TimeZone') as zone`,
      );
    expect(rows).toEqual([{ big: 9007199254740991, at: new Date('2025-06-27T05:15:00Z'), zone: 'UTC' }]);
  });
});
