import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangeCause } from '../../schema/kinds/change-cause.ts';
import { type FactKindName, factKinds } from '../../schema/kinds/index.ts';
import type { FactObservation } from '../../schema/observation.ts';
import { type Statement, toRounds, toStatement } from './lanes.ts';
import { lockEntities } from './locks.ts';
import { recordStatements } from './record-statements.ts';
import { unifyEntities } from './unify-entities.ts';

/** What one source said, in one answer. */
export interface SourceBatch {
  readonly sourceId: string;
  readonly stream: string;
  readonly observations: readonly FactObservation[];
}

export interface IngestRequest {
  /** Every voice of the answer: they are unified, and logged, as one. */
  readonly batches: readonly SourceBatch[];
  /** Stands in for `observedAt` where the upstream gave none; the domain clock when the page was asked for. */
  readonly requestedAt: Date;
  /** The hub clock: when the hub was told. */
  readonly recordedAt: Date;
  readonly runId?: number | null;
  /** Default OBSERVED. */
  readonly cause?: ChangeCause;
}

export interface IngestResult {
  /** Statements that told something new. */
  readonly accepted: number;
  readonly unchanged: number;
  /** Entries in the change log. */
  readonly changes: number;
  /** The last of them; null when the state did not change. */
  readonly lastSeq: number | null;
}

/**
 * Stores observations and unifies them, in the transaction of the EntityManager. All or nothing; the same request again
 * changes nothing. At most once per transaction (SPEC.md, invariant 7): it ends by taking the log lock.
 *
 * Throws where the EntityManager is in no transaction, and on an observation of an attribute that its kind does not have.
 */
export async function ingest(em: EntityManager, request: IngestRequest): Promise<IngestResult> {
  if (!em.isInTransaction()) throw new Error('ingest needs a transaction');
  const db = em.getKysely() as never;
  const statements: Statement[] = [];
  for (const { sourceId, stream, observations } of request.batches) {
    for (const observation of observations) {
      const context = { ord: statements.length, sourceId, stream, requestedAt: request.requestedAt };
      statements.push(toStatement(observation, context));
    }
  }
  const runId = request.runId ?? null;
  await lockEntities(db, statements);
  let accepted = 0;
  const affected = new Map<string, Set<string>>();
  for (const round of toRounds(statements)) {
    const recorded = await recordStatements(db, round, { recordedAt: request.recordedAt, runId });
    accepted += recorded.accepted;
    for (const [kind, ids] of recorded.affected) {
      const known = affected.get(kind);
      if (known) for (const id of ids) known.add(id);
      else affected.set(kind, new Set(ids));
    }
  }
  const unified = await unifyEntities(
    db,
    [...affected].map(([kind, ids]) => ({ kind: factKinds[kind as FactKindName], entityIds: [...ids] })),
    {
      at: request.recordedAt,
      cause: request.cause ?? 'OBSERVED',
      runId,
      bySources: [...new Set(request.batches.map(({ sourceId }) => sourceId))].sort(),
    },
  );
  return { accepted, unchanged: statements.length - accepted, ...unified };
}
