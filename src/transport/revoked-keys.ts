import { sql } from 'kysely';
import { KEY_CHANNEL } from '../database/channels.ts';
import type { Database } from '../database/open-database.ts';
import type { Logger } from '../lib/logger.ts';

/** Clients that came with a key. */
export interface KeyedClients {
  /** The keys with which clients are connected now. */
  keyIds(): string[];
  /** Ends what was opened with that key. */
  disconnectKey(keyId: string): Promise<void>;
}

/** Milliseconds in which the check of a key is surely done, and known here. */
const ADMISSION_MS = 5_000;

/**
 * Ends the subscriptions of keys that are revoked, whichever process revoked them. A notification may be lost with the
 * connection that it came on; then the keys in use are looked up once. Resolves when it listens; gives what ends it.
 */
export async function watchRevokedKeys(
  database: Pick<Database, 'fork' | 'listen'>,
  clients: readonly KeyedClients[],
  logger: Logger,
): Promise<() => Promise<void>> {
  const disconnect = (keyId: string): void => {
    for (const client of clients) void client.disconnectKey(keyId);
  };
  const onRevoked = (keyId: string): void => {
    disconnect(keyId);
    // For who was being let in while the notification came.
    setTimeout(() => disconnect(keyId), ADMISSION_MS).unref();
  };
  const lookUp = async (): Promise<void> => {
    const keyIds = [...new Set(clients.flatMap((client) => client.keyIds()))];
    if (keyIds.length === 0) return;
    for (const keyId of await findRevoked(database, keyIds)) disconnect(keyId);
  };
  const listener = await database.listen([KEY_CHANNEL], (_channel, keyId) => onRevoked(keyId), {
    onReconnect: () => {
      lookUp().catch((error: unknown) => logger.error({ err: error }, 'looking up revoked keys failed'));
    },
  });
  return () => listener.close();
}

async function findRevoked(database: Pick<Database, 'fork'>, keyIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${keyIds}::text[]) as used (id)
    where not exists (select from api_key k where k.id = used.id and k.revoked_at is null)`.execute(
    database.fork().getKysely(),
  );
  return rows.map(({ id }) => id);
}
