import { beforeEach, describe, expect, test } from '@jest/globals';
import { measurementKinds } from '../../schema/kinds/measurements.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { makeComingPartitions } from '../../src/sync/coming-partitions.ts';
import { ensurePartitions } from '../../src/unify/measurement-partitions.ts';
import { useDatabase } from '../support/database.ts';

const db = useDatabase();
const kind = measurementKinds.dossierStatistics;
const DAY_MS = 86_400_000;
let now = new Date('2025-06-27T05:00:00Z');

const make = (moment: Date) =>
  db.em().transactional((em) => ensurePartitions(em.getKysely() as never, kind, [moment.getTime()]));
const partitions = async (table: string) =>
  (
    await db
      .em()
      .execute(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = '${table}'::regclass order by 1`,
      )
  ).map(({ name }) => name.slice(table.length + 1));

/** Each test has days of its own. */
beforeEach(() => {
  now = new Date(now.getTime() + 100 * DAY_MS);
});

describe('a partition of measurements', () => {
  test('is made while somebody reads the days that are there', async () => {
    await make(now);
    await db.em().transactional(async (reader) => {
      const { name } = (
        await reader.execute(`select tableoid::regclass::text as name from dossier_statistics
        where day = '${now.toISOString()}' union all select 'nobody' limit 1`)
      )[0] as { name: string };
      expect(name).toBe('nobody');
      await make(new Date(now.getTime() + DAY_MS));
    });
    expect((await partitions('dossier_statistics')).length).toBeGreaterThan(2);
  });

  test('is given up for the moment, as what may be tried again, while somebody reads all there is', async () => {
    await db.em().transactional(async (reader) => {
      await reader.execute('select count(*) from dossier_statistics');
      await expect(make(now)).rejects.toMatchObject({ code: '55P03' });
    });
    await make(now);
  });

  test('has the key, the columns and the indexes of its table', async () => {
    await make(now);
    const [name] = (await partitions('dossier_statistics')).slice(-2);
    const indexes = await db
      .em()
      .execute(`select count(*)::int as count from pg_index where indrelid = 'dossier_statistics_${name}'::regclass`);
    expect(indexes).toEqual([{ count: 2 }]);
    const loose = await db.em().execute(`select i.indexrelid from pg_index i
      where i.indrelid = 'dossier_statistics_${name}'::regclass
        and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)`);
    expect(loose).toEqual([]);
  });

  test('is there before its day begins', async () => {
    const domainClock = { now: () => now };
    await makeComingPartitions({ database: db.database(), domainClock, logger: silentLogger });
    const of = (days: number): string =>
      new Date(now.getTime() + days * DAY_MS + 7 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '_');
    expect(await partitions('dossier_statistics')).toEqual(expect.arrayContaining([of(0), of(1), of(2)]));
    expect(await partitions('service_health')).toContain(of(7).slice(0, 7));
    await makeComingPartitions({ database: db.database(), domainClock, logger: silentLogger });
  });
});
