import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import type { EntityManager } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/open-database.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { ensureTemplate } from './template.ts';
import { databaseUrl, withServer } from './test-server.ts';

export interface TestDatabase {
  url(): string;
  database(): Database;
  /** A fresh EntityManager. */
  em(): EntityManager;
}

/**
 * Gives a test file a migrated database of its own, without reference data. Call at the top of a file or describe
 * block; the functions work from `beforeAll` on. When the file is done the database is dropped, and the file fails if
 * it left a connection open.
 */
export function useDatabase(options: Partial<Omit<DatabaseOptions, 'url'>> = {}): TestDatabase {
  let opened: { clone: DatabaseClone; database: Database } | undefined;
  const current = (): { clone: DatabaseClone; database: Database } => {
    if (!opened) throw new Error('useDatabase: not before beforeAll');
    return opened;
  };
  beforeAll(async () => {
    const clone = await createDatabaseClone();
    opened = { clone, database: await openDatabase({ url: clone.url, applicationName: 'lienthong test', ...options }) };
  });
  afterAll(async () => {
    await opened?.database.close();
    await opened?.clone.drop();
  });
  return { url: () => current().clone.url, database: () => current().database, em: () => current().database.fork() };
}

export interface DatabaseClone {
  readonly url: string;
  /** Drops the database; throws if somebody is still connected, and drops it all the same. */
  drop(graceMs?: number): Promise<void>;
}

/** A migrated database of its own, for tests that start processes or need two. About 40 ms. */
export async function createDatabaseClone(): Promise<DatabaseClone> {
  const template = await ensureTemplate();
  return createTestDatabase(template);
}

/** An empty database, for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<DatabaseClone> {
  return createTestDatabase('template0');
}

async function createTestDatabase(template: string): Promise<DatabaseClone> {
  const name = `lienthong_test_${process.pid}_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await withServer((client) => client.query(`create database ${name} template ${template}`));
  return { url: databaseUrl(name), drop: (graceMs) => dropDatabase(name, graceMs) };
}

/** How long a busy machine may take to end connections that were closed. */
const GRACE_MS = 20_000;

async function dropDatabase(name: string, graceMs = GRACE_MS): Promise<void> {
  await withServer(async (client) => {
    // A connection that was closed leaves the list a moment later.
    await waitUntil(async () => (await connectionsOf(client, name)).length === 0, { limitMs: graceMs });
    const open = await connectionsOf(client, name);
    await client.query(`drop database if exists ${name} with (force)`);
    if (open.length > 0) throw new Error(`connections were left open: ${open.join(', ')}`);
  });
}

async function connectionsOf(client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ application_name: string; query: string }>(
    `select application_name, left(query, 60) as query from pg_stat_activity
      where datname = $1 and backend_type = 'client backend'`,
    [name],
  );
  return rows.map((row) => `${row.application_name} (${row.query})`);
}
