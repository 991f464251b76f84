import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ChangeCause } from '../../schema/kinds/change-cause.ts';
import type { FactKind } from '../../schema/kinds/fact-kind.ts';
import { findFactKind } from '../../schema/kinds/index.ts';
import { appendChanges } from './append-changes.ts';
import { decide, headStatements } from './decision.ts';
import { addConflictChanges, addStateChanges, preparePendingChanges } from './pending-changes.ts';

export interface UnifyContext {
  readonly at: Date;
  readonly cause: ChangeCause;
  readonly runId: number | null;
  /** Named as the sources of a removal, which no claim is left to name. */
  readonly bySources: readonly string[];
  /** Changes that wait already, of what was measured in the same transaction; they come first. Default none. */
  readonly pending?: number;
}

export interface Unified {
  /** Entries written to the change log; conflicts included. */
  readonly changes: number;
  /** The number of the last of them, null when nothing changed. */
  readonly lastSeq: number | null;
}

/**
 * Decides the entities again and writes what differs, with its changes. The caller holds the locks on the entities; the
 * log lock is taken here when there is something to write. Once per transaction.
 */
export async function unifyEntities(
  db: Kysely<unknown>,
  affected: ReadonlyArray<{ kind: FactKind; entityIds: readonly string[] }>,
  context: UnifyContext,
): Promise<Unified> {
  const decisions = affected
    .filter(({ entityIds }) => entityIds.length > 0)
    .map(({ kind, entityIds }) => ({
      kind,
      entityIds,
      decided: decide(kind, headStatements(kind, entityIds)),
    }));
  return writeDifferences(db, decisions, context);
}

/** Rows of observations as the entities that they are of, by kind. */
export function affectedBy(
  rows: ReadonlyArray<{ readonly kind: string; readonly entityId: string }>,
): { kind: FactKind; entityIds: string[] }[] {
  return [...Map.groupBy(rows, (row) => row.kind)].flatMap(([name, ofKind]) => {
    const kind = findFactKind(name);
    return kind ? [{ kind, entityIds: [...new Set(ofKind.map(({ entityId }) => entityId))] }] : [];
  });
}

/** Writes what differs between decided and stored state. `entityIds` null stands for the whole kind. */
export async function writeDifferences(
  db: Kysely<unknown>,
  decisions: ReadonlyArray<{ kind: FactKind; entityIds: readonly string[] | null; decided: RawBuilder<unknown> }>,
  context: UnifyContext,
): Promise<Unified> {
  let count = context.pending ?? 0;
  if (decisions.length === 0 && count === 0) return { changes: 0, lastSeq: null };
  await preparePendingChanges(db);
  const sorted = [...decisions].sort((a, b) => (a.kind.name < b.kind.name ? -1 : 1));
  for (const { kind, entityIds, decided } of sorted) {
    count += await addStateChanges(db, kind, decided, entityIds, { offset: count, bySources: context.bySources });
  }
  const kinds = sorted.map(({ kind }) => kind);
  for (const { kind, entityIds, decided } of sorted) {
    if (await mayHaveConflicts(db, kind, entityIds)) {
      count += await addConflictChanges(db, kind, decided, entityIds, { offset: count });
    }
  }
  if (count === 0) return { changes: 0, lastSeq: null };
  return { changes: count, lastSeq: await appendChanges(db, { count, kinds }, context) };
}

/** Deciding twice is dear where thousands of entities are concerned; nearly always none of them is in conflict. */
async function mayHaveConflicts(
  db: Kysely<unknown>,
  kind: FactKind,
  entityIds: readonly string[] | null,
): Promise<boolean> {
  const among = entityIds ? sql`and entity_id = any(${entityIds}::text[])` : sql``;
  const { rows } = await sql<{ may: boolean }>`
    select exists (select from pending_change where kind = ${kind.name} and cardinality(conflicted) > 0)
      or exists (select from conflict where closed_at is null and kind = ${kind.name} ${among}) as may`.execute(db);
  return rows[0]?.may ?? false;
}
