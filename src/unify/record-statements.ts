import { type Kysely, sql } from 'kysely';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { compareWithHeads, type Place, type TellingClocks } from './compare-with-heads.ts';
import { isUndated, type Statement } from './lanes.ts';

export interface RecordedStatements {
  /** How many were something the hub had not been told. */
  readonly accepted: number;
  readonly unchanged: number;
  /** Entities by kind whose claims changed so that their state has to be decided again. */
  readonly affected: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Stores one round of statements (no two of one lane). Locks on the entities are held by the caller, so that nobody else
 * moves these heads meanwhile. Two statements of SQL where something is new, one where nothing is.
 */
export async function recordStatements(
  db: Kysely<unknown>,
  round: readonly Statement[],
  context: TellingClocks & { readonly runId: number | null },
): Promise<RecordedStatements> {
  const outcomes = await compareWithHeads(db, round, context);
  const inserted: Array<Statement & { head: boolean }> = [];
  const affected = new Map<string, Set<string>>();
  let accepted = 0;
  for (const comparison of outcomes) {
    const { outcome } = comparison;
    const statement = round[comparison.index] as Statement;
    if (outcome === 'first' || outcome === 'supersedes' || outcome === 'late') {
      inserted.push({ ...statement, head: outcome !== 'late' });
      accepted++;
    } else if (comparison.place) {
      inserted.push({ ...placed(statement, comparison.place), head: true });
      accepted++;
    }
    if (comparison.matters) {
      const entities = affected.get(statement.kind);
      if (entities) entities.add(statement.entityId);
      else affected.set(statement.kind, new Set([statement.entityId]));
    }
  }
  if (inserted.length > 0) await insertStatements(db, inserted, context);
  return { accepted, unchanged: round.length - accepted, affected };
}

/**
 * A statement that counts from where the head stands, whatever its own time; that time goes along, to order by it what
 * else is said from now on.
 */
function placed(statement: Statement, place: Place): Statement {
  const { observedAt, revision } = statement;
  const there = { ...statement, observedAt: place.at, revision: place.revision };
  if (isUndated(statement)) return there;
  const returned = { from: observedAt, observedAt, revision, since: place.since };
  return { ...there, detail: { ...(statement.detail as Record<string, Json> | null), returned } };
}

async function insertStatements(
  db: Kysely<unknown>,
  statements: ReadonlyArray<Statement & { head: boolean }>,
  context: TellingClocks & { readonly runId: number | null },
): Promise<void> {
  // What was kept and is told anew may be old by now: it must not look fresh until the next sweep.
  const isStale = sql`head and not retracted
    and coalesce(t.seen_at + make_interval(secs => s.ttl_seconds) <= t.at, false)`;
  await sql`
    insert into observation (kind, entity_id, source_id, stream, facet, observed_from, observed_until, revision,
      attributes, retracted, recorded_at, until_recorded_at, seen_at, stale, head, detail, evidence, run_id)
    select r.kind, "entityId", "sourceId", stream, facet, "observedAt", "observedAt", revision, attributes, retracted,
      t.at, t.at, t.seen_at, ${isStale}, head, nullif(detail, 'null'::jsonb), evidence, ${context.runId}::bigint
    from jsonb_to_recordset(${JSON.stringify(statements)}::jsonb) as r(
      kind text, "entityId" text, "sourceId" text, stream text, facet text, "observedAt" timestamptz, revision bigint,
      attributes jsonb, retracted boolean, detail jsonb, evidence jsonb, head boolean)
    cross join (select ${context.recordedAt}::timestamptz as at, ${context.seenAt}::timestamptz as seen_at) t
    left join source s on s.id = r."sourceId"`.execute(db);
}
