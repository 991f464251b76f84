import pg from 'pg';

/** The server of this run of jest (see server-setup.mts), or the one that TEST_DATABASE_URL names. */
export function serverUrl(): string {
  const url = process.env.LIENTHONG_TEST_SERVER_URL;
  if (!url) throw new Error('No test server: run the tests through jest with the configuration of the project.');
  return url;
}

/** The address of another database on that server. */
export function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs `work` with a connection to the server, outside the databases of the tests. */
export async function withServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl(), application_name: 'lienthong test support' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
