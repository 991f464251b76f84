import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { KEY_CHANNEL } from '../../database/channels.ts';
import type { Role } from '../rights.ts';

export type KeyRole = Exclude<Role, 'anonymous'>;

/** A key as it is kept: everything but the secret. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  /** Province codes it is limited to; null for all. */
  readonly provinces: readonly string[] | null;
  readonly sources: readonly string[] | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

export type StoredKey = ApiKey & { readonly hash: string };

const columns = sql`id, name, hash, role, provinces, sources, created_at as "createdAt", created_by as "createdBy",
  revoked_at as "revokedAt", revoked_by as "revokedBy"`;

export async function findKey(em: EntityManager, id: string): Promise<StoredKey | null> {
  const found = await sql<StoredKey>`select ${columns} from api_key where id = ${id}`.execute(em.getKysely());
  return found.rows[0] ?? null;
}

export async function listKeys(em: EntityManager): Promise<ApiKey[]> {
  const found = await sql<StoredKey>`select ${columns} from api_key order by created_at, id`.execute(em.getKysely());
  return found.rows.map(({ hash: _hash, ...key }) => key);
}

export async function insertKey(em: EntityManager, key: StoredKey): Promise<void> {
  await sql`insert into api_key (id, name, hash, role, provinces, sources, created_at, created_by)
    values (${key.id}, ${key.name}, ${key.hash}, ${key.role}, ${key.provinces}, ${key.sources}, ${key.createdAt},
      ${key.createdBy})`.execute(em.getKysely());
}

/** Revokes and tells every gateway, which ends what the key has open. A second time changes nothing. */
export async function revokeKey(em: EntityManager, id: string, by: string, at: Date): Promise<ApiKey | null> {
  const revoked = await sql<StoredKey>`update api_key
    set revoked_at = coalesce(revoked_at, ${at}), revoked_by = coalesce(revoked_by, ${by})
    where id = ${id} returning ${columns}`.execute(em.getKysely());
  const key = revoked.rows[0];
  if (!key) return null;
  await sql`select pg_notify(${KEY_CHANNEL}, ${id})`.execute(em.getKysely());
  const { hash: _hash, ...rest } = key;
  return rest;
}

/** Those of the codes that the table does not have. */
export async function unknownCodes(
  em: EntityManager,
  table: 'province' | 'source',
  codes: readonly string[],
): Promise<string[]> {
  const column = table === 'province' ? 'code' : 'id';
  const found = await sql<{ code: string }>`select code from unnest(${codes}::text[]) as given (code)
    where not exists (select 1 from ${sql.table(table)} t where t.${sql.ref(column)} = given.code)`.execute(
    em.getKysely(),
  );
  return found.rows.map((row) => row.code);
}
