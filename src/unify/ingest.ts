import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangeCause } from '../../schema/kinds/change-cause.ts';
import { type FactKindName, factKinds } from '../../schema/kinds/index.ts';
import { isOfSameEntity, loggedEntityId } from '../../schema/measurement-id.ts';
import type { FactObservation, Measurement } from '../../schema/observation.ts';
import { type Statement, toRounds, toStatement } from './lanes.ts';
import { lockEntities } from './locks.ts';
import { type MeasuredBatch, recordMeasurements } from './record-measurements.ts';
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
  /** What was measured beside it: appended, and logged in the same block. */
  readonly measured?: MeasuredBatch;
  /** Stands in for `observedAt` where the upstream gave none; the domain clock when the page was asked for. */
  readonly requestedAt: Date;
  /** The hub clock: when the hub was told. */
  readonly recordedAt: Date;
  /**
   * The hub clock: when the source said it, which freshness counts from. Default `recordedAt`; earlier for what was kept
   * and is told anew, which must not make a source look alive.
   */
  readonly seenAt?: Date;
  /**
   * The hub clock: when what was measured was told. Of a figure the one that was told last counts, whenever it is
   * recorded. Default `seenAt`.
   */
  readonly toldAt?: Date;
  /**
   * The hub clock: when it was asked for. What the hub learnt before, without a time of the source, is taken back by it
   * (SPEC.md, invariant 12). Default `seenAt`; null for what was read of the past, which says nothing of now.
   */
  readonly askedAt?: Date | null;
  readonly runId?: number | null;
  /** Default OBSERVED. */
  readonly cause?: ChangeCause;
}

export interface IngestResult {
  /** Statements and measurements that told something new. */
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
  const { measured } = request;
  await lockEntities(db, entitiesOf(statements, measured));
  const { recordedAt, seenAt = recordedAt, askedAt = seenAt, toldAt = seenAt } = request;
  const figures = measured
    ? await recordMeasurements(db, measured, { recordedAt, toldAt, runId })
    : { accepted: 0, changes: 0 };
  let accepted = figures.accepted;
  const affected = new Map<string, Set<string>>();
  for (const round of toRounds(statements)) {
    const recorded = await recordStatements(db, round, { recordedAt, seenAt, askedAt, runId });
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
      pending: figures.changes,
    },
  );
  const told = statements.length + (measured?.measurements.length ?? 0);
  return { accepted, unchanged: told - accepted, ...unified };
}

/** Everything that the request may alter. Dossiers name one entity a hundred thousand times, mostly in a row. */
function entitiesOf(
  statements: readonly Statement[],
  measured: MeasuredBatch | undefined,
): Iterable<{ kind: string; entityId: string }> {
  if (!measured) return statements;
  const entities: { kind: string; entityId: string }[] = [...statements];
  let before: Measurement | undefined;
  for (const measurement of measured.measurements) {
    if (before && isOfSameEntity(before, measurement)) continue;
    entities.push({ kind: measurement.kind, entityId: loggedEntityId(measurement) });
    before = measurement;
  }
  return entities;
}
