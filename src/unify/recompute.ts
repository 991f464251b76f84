import type { EntityManager } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';
import { factKinds } from '../../schema/kinds/index.ts';
import { decide, headStatements, latestStatements } from './decision.ts';
import { addConflictChanges, addStateChanges, preparePendingChanges } from './pending-changes.ts';
import { addRerankedMeasurements, type FormerRank, lockMeasurements } from './rerank-measurements.ts';
import { writeDifferences } from './unify-entities.ts';

export interface Recomputation {
  /** Entities and conflicts whose stored state differs from what the observations give. */
  readonly differences: number;
  /** Statements whose `head` flag is wrong. */
  readonly wrongHeads: number;
}

/**
 * Compares the stored state with what the whole history of observations gives, writing nothing. Zero differences is
 * what every crash, every order of arrival and every upgrade must leave behind.
 */
export async function verifyState(em: EntityManager): Promise<Recomputation> {
  return em.transactional(async (tx) => {
    const db = tx.getKysely() as never;
    await preparePendingChanges(db);
    let differences = 0;
    for (const kind of Object.values(factKinds)) {
      const decided = decide(kind, latestStatements(kind));
      differences += await addStateChanges(db, kind, decided, null, { offset: differences, bySources: [] });
      differences += await addConflictChanges(db, kind, decided, null, { offset: differences });
    }
    await sql`delete from pending_change`.execute(db);
    return { differences, wrongHeads: await countWrongHeads(db) };
  });
}

/**
 * Decides every entity anew and writes what differs, with its changes; for when ranks of sources or the rules
 * themselves were changed. `formerRanks` are those that sources had before, where it is the ranks: what is shown of
 * measurements otherwise than by these is logged before the facts. In the transaction of the EntityManager; nobody else
 * unifies meanwhile.
 */
export async function recompute(
  em: EntityManager,
  { now, formerRanks }: { now: Date; formerRanks?: readonly FormerRank[] },
): Promise<{ changes: number; lastSeq: number | null }> {
  const db = em.getKysely() as never;
  if (formerRanks) await lockMeasurements(db);
  await sql`lock table observation in share row exclusive mode`.execute(db);
  const decisions = Object.values(factKinds).map((kind) => ({
    kind,
    entityIds: null,
    decided: decide(kind, headStatements(kind, null)),
  }));
  const pending = formerRanks ? await addRerankedMeasurements(db, formerRanks) : 0;
  return writeDifferences(db, decisions, { at: now, cause: 'RECOMPUTED', runId: null, bySources: [], pending });
}

async function countWrongHeads(db: Kysely<unknown>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select head, row_number() over (
        partition by kind, entity_id, source_id, stream, facet
        order by observed_until desc, revision desc, attributes::text collate "C" desc,
          evidence::text collate "C" desc) = 1 as latest
      from observation) o
    where head <> latest`.execute(db);
  return rows[0]?.count ?? 0;
}
