import { spawn } from 'node:child_process';
import { ConfigurationError } from '../../errors/operation-errors.ts';
import { SteadyClient } from '../steady-client.ts';
import { type Connection, urlOf, writeConnection } from './connection-file.ts';
import { type ClusterOptions, clusterExists, createCluster } from './create-cluster.ts';

/**
 * A cluster at `directory` whose password is the recorded one. The record is written first, so that no kill leaves a
 * cluster that nobody can open; if the record was lost all the same, the password is set anew.
 */
export async function prepareCluster(
  directory: string,
  dataDirectory: string,
  options: ClusterOptions & { connection: Connection & { isNew: boolean } },
): Promise<{ isNew: boolean }> {
  const { isNew, ...connection } = options.connection;
  if (isNew) await writeConnection(dataDirectory, connection);
  if (!(await clusterExists(directory))) {
    await createCluster(directory, options);
    return { isNew: true };
  }
  if (isNew) await resetPassword(directory, options);
  return { isNew: false };
}

/** Makes the hub's database if it is not there: the last step of a first start, so it may have been cut off. */
export async function ensureDatabase(connection: Connection): Promise<void> {
  const client = new SteadyClient({ connectionString: urlOf(connection, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [connection.database]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(connection.database)}`);
  } finally {
    await client.end();
  }
}

/** In single-user mode, which asks for no password and needs no running server. */
async function resetPassword(directory: string, { programs, user, connection }: ClusterOptions): Promise<void> {
  const server = spawn(programs.postgres, ['--single', '-D', directory, 'postgres'], {
    ...user,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  server.stdin.end(`alter role ${connection.user} password '${connection.password}'\n`);
  const code = await new Promise<number | null>((resolve, reject) => {
    server.on('error', reject).on('close', resolve);
  });
  if (code !== 0) {
    throw new ConfigurationError(
      `The password of the built-in PostgreSQL is lost (postgres.json) and could not be set anew in ${directory}. ` +
        'Put the file back from a copy, or start with another DATA_DIR.',
    );
  }
}
