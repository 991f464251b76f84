import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** How to reach the built-in server of a data directory; `<data directory>/postgres.json`, readable by its owner only. */
const connectionSchema = z.object({
  host: z.string(),
  /** Undefined until the first start. */
  port: z.number().int().optional(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
});
export type Connection = z.infer<typeof connectionSchema>;

const fileOf = (dataDirectory: string): string => join(dataDirectory, 'postgres.json');

/** What is recorded, or a new record with a random password; not written yet. */
export async function readConnection(dataDirectory: string): Promise<Connection & { isNew: boolean }> {
  const text = await readFile(fileOf(dataDirectory), 'utf8').catch(() => '');
  const parsed = connectionSchema.safeParse(parseJson(text));
  if (parsed.success) return { ...parsed.data, isNew: false };
  const password = randomBytes(24).toString('base64url');
  return { host: '127.0.0.1', user: 'lienthong', password, database: 'lienthong', isNew: true };
}

export async function writeConnection(dataDirectory: string, connection: Connection): Promise<void> {
  const path = fileOf(dataDirectory);
  const text = `${JSON.stringify(connectionSchema.parse(connection), null, 2)}\n`;
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

export function urlOf(connection: Connection, database = connection.database): string {
  const { user, password, host, port } = connection;
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

/** The address of the built-in server of a data directory, for the command line; undefined if there never was one. */
export async function readEmbeddedUrl(dataDirectory: string): Promise<string | undefined> {
  const connection = await readConnection(dataDirectory);
  return connection.isNew || connection.port === undefined ? undefined : urlOf(connection);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
