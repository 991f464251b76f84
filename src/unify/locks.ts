import { type Kysely, sql } from 'kysely';

/** Classes of advisory locks of the hub; the first of the two integers of a lock. */
const LOG_LOCK_CLASS = 0x6c74;
const ENTITY_LOCK_BASE = 0x6c750000;
const BUCKETS = 64;

/**
 * Keeps two transactions from unifying the same entity at once, until commit. Entities fall into {@link BUCKETS} buckets
 * a kind, so that a page of thousands needs few locks, and two small transactions seldom meet. Always sorted: see
 * SPEC.md, invariant 7.
 */
export async function lockEntities(
  db: Kysely<unknown>,
  entities: Iterable<{ kind: string; entityId: string }>,
): Promise<void> {
  const keys = new Set<number>();
  const kinds = new Map<string, number>();
  for (const { kind, entityId } of entities) {
    let base = kinds.get(kind);
    if (base === undefined) {
      base = hash(kind) % 0xff00;
      kinds.set(kind, base);
    }
    keys.add(base * BUCKETS + (hash(entityId) % BUCKETS));
  }
  if (keys.size === 0) return;
  const sorted = [...keys].sort((a, b) => a - b);
  await sql`select pg_advisory_xact_lock(${ENTITY_LOCK_BASE}::int, key)
    from (select unnest(${sorted}::int[]) as key order by 1) as keys`.execute(db);
}

/**
 * Held from before the first sequence number is taken until commit, so that numbers become visible in order. Taken last,
 * so that nobody who holds it waits for another.
 */
export async function lockLog(db: Kysely<unknown>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOG_LOCK_CLASS}::int, 0)`.execute(db);
}

/** FNV-1a, 31 bits: only has to spread, and to be the same in every process. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 1) & 0x7fffffff;
}
