import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { type Json, keyOf } from '../../schema/kinds/fact-kind.ts';
import { type FactKindName, factKinds } from '../../schema/kinds/index.ts';
import type { FactObservation } from '../../schema/observation.ts';
import { type IngestResult, ingest } from './ingest.ts';

/** The source of operators' corrections; its rank is before all others and what it says never turns stale. */
export const OPERATOR_SOURCE = 'operator';
const STREAM = 'corrections';

export interface Correction {
  readonly id: string;
  readonly kind: FactKindName;
  readonly entityId: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly reason: string;
  /** The key that made it. */
  readonly by: string;
}

export interface CorrectionClocks {
  /** Hub clock. */
  readonly recordedAt: Date;
  /** Domain clock: from when on the correction holds. */
  readonly observedAt: Date;
}

/** One observation per attribute, so that each can be replaced and withdrawn by itself. */
function observationsOf(
  correction: { id: string; kind: FactKindName; entityId: string },
  attributes: Readonly<Record<string, Json>>,
  clocks: CorrectionClocks,
  retract: boolean,
): FactObservation[] {
  const kind = factKinds[correction.kind];
  return Object.entries(attributes).map(([name, value]) => ({
    class: 'fact',
    kind: correction.kind,
    key: keyOf(kind, correction.entityId),
    observedAt: clocks.observedAt,
    // Numbers grow with the hub clock, so that of two corrections at one domain time the later told wins.
    revision: clocks.recordedAt.getTime(),
    attributes: { [name]: value },
    retract,
    detail: { correction: correction.id },
  }));
}

/** Records a correction and unifies it, in the transaction of the EntityManager. Not together with another `ingest`. */
export async function applyCorrection(
  em: EntityManager,
  correction: Correction,
  clocks: CorrectionClocks,
): Promise<IngestResult> {
  await sql`insert into correction (id, kind, entity_id, attributes, reason, made_by, made_at)
    values (${correction.id}, ${correction.kind}, ${correction.entityId}, ${JSON.stringify(correction.attributes)}::jsonb,
      ${correction.reason}, ${correction.by}, ${clocks.recordedAt}::timestamptz)`.execute(em.getKysely() as never);
  return ingest(em, {
    batches: [
      {
        sourceId: OPERATOR_SOURCE,
        stream: STREAM,
        observations: observationsOf(correction, correction.attributes, clocks, false),
      },
    ],
    requestedAt: clocks.observedAt,
    recordedAt: clocks.recordedAt,
    cause: 'CORRECTED',
  });
}

/**
 * Takes a correction back, as far as no later one has replaced it. Gives null for an id that is none, or that was
 * withdrawn before.
 */
export async function withdrawCorrection(
  em: EntityManager,
  withdrawal: { id: string; by: string; reason: string | null },
  clocks: CorrectionClocks,
): Promise<IngestResult | null> {
  const db = em.getKysely() as never;
  const { rows } = await sql<{ kind: FactKindName; entityId: string }>`
    update correction set withdrawn_at = ${clocks.recordedAt}::timestamptz, withdrawn_by = ${withdrawal.by},
      withdrawn_reason = ${withdrawal.reason}
    where id = ${withdrawal.id} and withdrawn_at is null
    returning kind, entity_id as "entityId"`.execute(db);
  const correction = rows[0];
  if (!correction) return null;
  const held = await sql<{ name: string }>`
    select facet as name from observation
    where head and not retracted and source_id = ${OPERATOR_SOURCE} and kind = ${correction.kind}
      and entity_id = ${correction.entityId} and detail->>'correction' = ${withdrawal.id}`.execute(db);
  const attributes = Object.fromEntries(held.rows.map(({ name }) => [name, null]));
  const observations = observationsOf({ id: withdrawal.id, ...correction }, attributes, clocks, true);
  return ingest(em, {
    batches: [{ sourceId: OPERATOR_SOURCE, stream: STREAM, observations }],
    requestedAt: clocks.observedAt,
    recordedAt: clocks.recordedAt,
    cause: 'CORRECTION_WITHDRAWN',
  });
}
