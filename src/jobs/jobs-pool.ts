import { DEFAULT_SCHEMA, runMigrations } from 'bullmq';
import pg from 'pg';
import { SteadyClient } from '../database/steady-client.ts';

/** The PostgreSQL schema that BullMQ keeps its tables in, apart from ours; over a given pool it knows no other. */
export const JOBS_SCHEMA = DEFAULT_SCHEMA;

/** Connections of a process: one a worker that listens for jobs, the others run one short statement at a time. */
const POOL_SIZE = 10;

/**
 * The connections that the queue and the worker of one process share, with BullMQ's tables made or brought up to date.
 * BullMQ would make connections of its own, but without a listener for what the server says between two statements.
 * Rejects if the database cannot be reached. Whoever opens it ends it, after queue and worker.
 */
export async function openJobsPool(connectionString: string): Promise<pg.Pool> {
  const pool = new pg.Pool({
    connectionString,
    Client: SteadyClient,
    max: POOL_SIZE,
    application_name: 'lienthong jobs',
    options: `-c search_path=${JOBS_SCHEMA}`,
    // A server that dies in the middle must not leave the queue waiting for an answer that never comes.
    connectionTimeoutMillis: 5_000,
    query_timeout: 15_000,
    keepAlive: true,
  });
  // Idle connections that are cut: the queue says so, and the pool makes others.
  pool.on('error', () => undefined);
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, JOBS_SCHEMA);
    } finally {
      client.release();
    }
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
}
