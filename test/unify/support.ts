import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { FactKindName } from '../../schema/kinds/index.ts';
import { factKinds } from '../../schema/kinds/index.ts';
import type { FactObservation } from '../../schema/observation.ts';
import { type IngestRequest, type IngestResult, ingest } from '../../src/unify/ingest.ts';
import type { ModelState } from './model.ts';

export const T0 = Date.parse('2025-06-25T00:00:00Z');
export const hours = (count: number): Date => new Date(T0 + count * 3_600_000);
/** Hub clock of the tests; far from the domain clock, as in the sandbox. */
export const R0 = Date.parse('2026-01-01T00:00:00Z');
export const recorded = (minutes: number): Date => new Date(R0 + minutes * 60_000);

export async function addSource(
  em: EntityManager,
  id: string,
  rank: number,
  ttlSeconds: number | null = null,
): Promise<void> {
  await sql`insert into source (id, connector, name, default_rank, ttl_seconds, gone_after)
    values (${id}, 'test', ${id}, ${rank}, ${ttlSeconds}, 2)`.execute(em.getKysely() as never);
}

export function deployment(
  province: string,
  attributes: Record<string, Json>,
  at: Date,
  more: Partial<FactObservation> = {},
): FactObservation {
  return { class: 'fact', kind: 'deployment', key: { province, system: 'TTHC' }, observedAt: at, attributes, ...more };
}

/** One transaction that tells the hub what one source says. */
export function tell(
  em: EntityManager,
  sourceId: string,
  observations: FactObservation[],
  more: Partial<IngestRequest> = {},
): Promise<IngestResult> {
  return em.transactional((tx) =>
    ingest(tx, {
      batches: [{ sourceId, stream: 'main', observations }],
      requestedAt: hours(0),
      recordedAt: recorded(0),
      ...more,
    }),
  );
}

/** What is stored, in the shape of the model. */
export async function storedState(em: EntityManager, kindName: FactKindName): Promise<Map<string, ModelState>> {
  const db = em.getKysely() as never;
  const { rows } = await sql<{ id: string; attributes: Record<string, Json>; conflicted: string[] }>`
    select id, attributes, conflicted from ${sql.table(factKinds[kindName].table)}`.execute(db);
  const open = await sql<{ entityId: string; attribute: string; claims: Record<string, Json> }>`
    select entity_id as "entityId", attribute, claims from conflict
    where closed_at is null and kind = ${kindName}`.execute(db);
  return new Map(
    rows.map(({ id, attributes, conflicted }) => [
      id,
      {
        attributes,
        conflicted,
        conflicts: Object.fromEntries(
          open.rows.filter((row) => row.entityId === id).map((row) => [row.attribute, row.claims]),
        ),
      },
    ]),
  );
}

export interface ChangeRow {
  seq: number;
  tx: number;
  last: boolean;
  kind: string;
  entityId: string;
  operation: string;
  before: Record<string, Json> | null;
  after: Record<string, Json> | null;
  attributes: string[];
  cause: string;
  sources: string[];
  provinceCode: string | null;
}

export async function changesAfter(em: EntityManager, seq: number): Promise<ChangeRow[]> {
  const { rows } = await sql<ChangeRow>`
    select seq::float8 as seq, tx::float8 as tx, last, kind, entity_id as "entityId", operation, before, after, attributes,
      cause, sources, province_code as "provinceCode"
    from change where seq > ${seq} order by seq`.execute(em.getKysely() as never);
  return rows;
}
