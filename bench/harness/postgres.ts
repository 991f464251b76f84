import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../src/database/embedded/start-embedded.ts';
import { silentLogger } from '../../src/lib/logger.ts';

/** A PostgreSQL for one run of the benchmark; hub and peers share it, each in a database of its own. */
export interface BenchServer {
  /** The address of a database of that name, made empty. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** The embedded server on a new directory, durable as in production; or the one that `BENCH_DATABASE_URL` names. */
export async function startPostgres(): Promise<BenchServer> {
  const given = process.env.BENCH_DATABASE_URL;
  if (given) return { createDatabase: (name) => createDatabase(given, name), stop: async () => {} };
  const dataDir = await mkdtemp(join(tmpdir(), 'lienthong-bench-'));
  const server = await startEmbedded({ dataDir, logger: silentLogger });
  return {
    createDatabase: (name) => createDatabase(server.url, name),
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`drop database if exists "${name}" with (force)`);
    await client.query(`create database "${name}"`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
