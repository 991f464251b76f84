import { loadReference } from '../../seeds/reference.ts';
import { migrate } from '../../src/database/migrate.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import type { BenchContext } from './options.ts';

/** A migrated database with the reference data and sources of those ids; the caller closes it. */
export async function prepareDatabase(
  context: BenchContext,
  name: string,
  sourceIds: readonly string[],
): Promise<{ database: Database; url: string }> {
  const url = await context.postgres.createDatabase(name);
  const database = await openDatabase({ url, applicationName: 'lienthong-bench' });
  await migrate(database);
  const em = database.fork();
  await em.transactional((transaction) => loadReference(transaction));
  for (const id of sourceIds) {
    await em.execute('insert into source (id, connector, name) values (?, ?, ?)', [id, 'bench', 'Benchmark']);
  }
  return { database, url };
}
