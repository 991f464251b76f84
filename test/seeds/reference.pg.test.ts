import { describe, expect, test } from '@jest/globals';
import { loadDeployments } from '../../seeds/facts.ts';
import { loadReference } from '../../seeds/reference.ts';
import { useDatabase } from '../support/database.ts';

const TABLES = ['province', 'system', 'vendor', 'criterion', 'target', 'unit'];

describe('the reference data', () => {
  const database = useDatabase();
  const rows = (sql: string): Promise<Record<string, unknown>[]> => database.em().execute(sql);

  test('is loaded in full, in the order of the report', async () => {
    await database.em().transactional((em) => loadReference(em));
    const counts = await Promise.all(
      TABLES.map(async (table) => Number((await rows(`select count(*) from ${table}`))[0]?.count)),
    );
    // New vendors come with their connectors; those of the report stay.
    const vendors = loadDeployments().vendors.length;
    expect(vendors).toBeGreaterThanOrEqual(15);
    expect(counts).toEqual([34, 5, vendors, 26, 9, 77]);
    const totals = await rows(
      'select sum(commune_count)::int as communes, sum(cardinality(former_provinces))::int as former from province',
    );
    expect(totals).toEqual([{ communes: 3321, former: 63 }]);
    const criteria = await rows('select id, section, system_code from criterion order by position limit 1 offset 10');
    expect(criteria).toEqual([{ id: 'DVCQG_CONNECTED', section: 'III.1.b', system_code: 'TTHC' }]);
  });

  test('loaded again writes nothing, and mends what was changed', async () => {
    const versions = (): Promise<unknown> =>
      Promise.all(TABLES.map((table) => rows(`select xmin::text from ${table}`)));
    await database.em().transactional((em) => loadReference(em));
    const before = await versions();
    await database.em().transactional((em) => loadReference(em));
    expect(await versions()).toEqual(before);
    await database.em().execute(`update province set name = 'x' where code = '01'`);
    await database.em().transactional((em) => loadReference(em));
    expect(await rows(`select name from province where code = '01'`)).toEqual([{ name: 'Hà Nội' }]);
  });
});
