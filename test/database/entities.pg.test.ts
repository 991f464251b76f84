import { describe, expect, test } from '@jest/globals';
import { MIGRATION_TABLE } from '../../src/database/migrations-list.ts';
import { useDatabase } from '../support/database.ts';

interface Column {
  readonly type: string;
  readonly isNullable: boolean;
  readonly isDerived: boolean;
  readonly isKey: boolean;
}
type Tables = Record<string, Record<string, Column>>;

describe('the entities', () => {
  const db = useDatabase();

  test('are the tables that the migrations make, column by column', async () => {
    expect(declaredTables()).toEqual(await migratedTables());
  });

  test('are read with Dates, numbers, lists and derived columns', async () => {
    const em = db.em();
    await em.execute(`insert into deployment (id, attributes, updated_at, updated_seq) values
      ('01:TTHC', '{"vendors": ["VNPT"], "status": "READY"}', '2025-06-27T12:15:00+07:00', 7)`);
    const [row] = await em.findAll(entityOf('deployment'));
    expect(row).toMatchObject({
      id: '01:TTHC',
      provinceCode: '01',
      systemCode: 'TTHC',
      vendorCodes: ['VNPT'],
      status: 'READY',
      conflicted: [],
      updatedSeq: 7,
      updatedAt: new Date('2025-06-27T05:15:00Z'),
      staleSince: null,
    });
  });

  test('are written without the derived columns, which PostgreSQL fills', async () => {
    const em = db.em();
    const at = new Date('2025-06-27T05:15:00.123Z');
    em.create(entityOf('link'), {
      id: '01:DVCQG',
      attributes: { state: 'UP', latencyMs: 12, lastSuccessAt: at.toISOString() },
      conflicted: [],
      updatedAt: at,
      updatedSeq: 8,
    });
    await em.flush();
    const [row] = await em.fork().execute('select * from link');
    expect(row).toMatchObject({ province_code: '01', target_code: 'DVCQG', latency_ms: 12, last_success_at: at });
  });

  function entityOf(table: string) {
    const found = [...db.database().orm.getMetadata().getAll().values()].find((meta) => meta.tableName === table);
    if (!found?.class) throw new Error(`no entity for ${table}`);
    return found.class;
  }

  function declaredTables(): Tables {
    const metadata = [...db.database().orm.getMetadata().getAll().values()].filter((meta) => !meta.abstract);
    return Object.fromEntries(
      metadata.map((meta) => [
        meta.tableName,
        Object.fromEntries(
          meta.props.map((prop) => [
            prop.fieldNames[0],
            {
              type: prop.columnTypes[0],
              isNullable: prop.nullable ?? false,
              isDerived: prop.generated !== undefined,
              isKey: prop.primary ?? false,
            },
          ]),
        ),
      ]),
    ) as Tables;
  }

  async function migratedTables(): Promise<Tables> {
    const rows = await db.em().execute<(Column & { table: string; column: string })[]>(
      `select c.relname as table, a.attname as column,
         replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz') as type,
         not a.attnotnull as "isNullable", a.attgenerated = 's' as "isDerived",
         coalesce(a.attnum = any(i.indkey), false) as "isKey"
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         left join pg_index i on i.indrelid = c.oid and i.indisprimary
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname <> ?`,
      [MIGRATION_TABLE],
    );
    const tables: Tables = {};
    for (const { table, column, ...rest } of rows) tables[table] = { ...tables[table], [column]: rest };
    return tables;
  }
});
