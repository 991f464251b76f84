import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { databaseUrl, withServer } from './test-server.ts';

const MIGRATIONS = join(import.meta.dirname, '../../schema/migrations');
const TEMPLATE_LOCK = 0x74657374;

let template: Promise<string> | undefined;

/**
 * The name of a migrated database to clone, made by whichever test file comes first. Its name holds a digest of the
 * migrations, so that an outside server that lives on never gives an old one.
 */
export function ensureTemplate(): Promise<string> {
  template ??= withServer(async (client) => {
    const name = `lienthong_template_${digestOfMigrations()}`;
    if (await exists(client, name)) return name;
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    if (!(await exists(client, name))) await build(client, name);
    return name;
  });
  return template;
}

/** Built under another name first, so that a template that exists is complete. */
async function build(client: pg.Client, name: string): Promise<void> {
  const draft = `${name}_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  await client.query(`create database ${draft} template template0`);
  const database = await openDatabase({ url: databaseUrl(draft), applicationName: 'lienthong test template' });
  await migrate(database).finally(() => database.close());
  await renameWhenFree(client, draft, name);
}

/** A connection that was closed may count for a moment longer. */
async function renameWhenFree(client: pg.Client, from: string, to: string): Promise<void> {
  await client.query(
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [from],
  );
  await client.query(`alter database ${from} rename to ${to}`);
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
  return rowCount === 1;
}

function digestOfMigrations(): string {
  const digest = createHash('sha256');
  for (const name of readdirSync(MIGRATIONS).sort()) digest.update(readFileSync(join(MIGRATIONS, name)));
  return digest.digest('hex').slice(0, 16);
}
