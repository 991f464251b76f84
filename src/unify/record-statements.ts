import { type Kysely, sql } from 'kysely';
import type { Statement } from './lanes.ts';

/** What became of a statement. */
type Outcome = 'first' | 'supersedes' | 'extends' | 'seen' | 'late' | 'known';

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
  context: { recordedAt: Date; runId: number | null },
): Promise<RecordedStatements> {
  const outcomes = await compareWithHeads(db, round, context);
  const inserted: Array<Statement & { head: boolean }> = [];
  const affected = new Map<string, Set<string>>();
  let accepted = 0;
  for (const { index, outcome, matters } of outcomes) {
    const statement = round[index] as Statement;
    if (outcome === 'first' || outcome === 'supersedes' || outcome === 'late') {
      inserted.push({ ...statement, head: outcome !== 'late' });
      accepted++;
    }
    if (matters) {
      const entities = affected.get(statement.kind);
      if (entities) entities.add(statement.entityId);
      else affected.set(statement.kind, new Set([statement.entityId]));
    }
  }
  if (inserted.length > 0) await insertStatements(db, inserted, context);
  return { accepted, unchanged: round.length - accepted, affected };
}

/**
 * Compares each statement with the head of its lane, extends and retires heads, and tells what became of each.
 * An equal statement matters to the state only if its source had turned stale or absent, or if another source of the
 * same rank could lose to it by being older.
 */
async function compareWithHeads(
  db: Kysely<unknown>,
  round: readonly Statement[],
  context: { recordedAt: Date },
): Promise<Array<{ index: number; outcome: Outcome; matters: boolean }>> {
  const keys = round.map(({ detail, ord, ...statement }, index) => ({ ...statement, index }));
  const { rows } = await sql<{ index: number; outcome: Outcome; matters: boolean }>`
    with incoming as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as r(
        index int, "sourceId" text, stream text, kind text, "entityId" text, facet text, "observedAt" timestamptz,
        revision bigint, attributes jsonb, retracted boolean, evidence jsonb)
    ), compared as materialized (
      select i.index, i."observedAt", i.revision, i.kind, i."entityId", i."sourceId", h.id as head_id,
        h.stale or h.absent_since is not null as was_stale,
        case
          when h.id is null then 'first'
          when h.attributes = i.attributes and h.retracted = i.retracted and h.evidence = i.evidence then case
            when (i."observedAt", i.revision) > (h.observed_until, h.revision) then 'extends'
            when i."observedAt" = h.observed_until then 'seen'
            when i."observedAt" >= h.observed_from then 'known'
            else 'late' end
          when (i."observedAt", i.revision, i.attributes::text collate "C", i.evidence::text collate "C")
             > (h.observed_until, h.revision, h.attributes::text collate "C", h.evidence::text collate "C") then 'supersedes'
          else 'late' end as outcome,
        i.stream, i.facet, i.attributes, i.retracted, i.evidence
      from incoming i
      left join observation h on h.head and h.kind = i.kind and h.entity_id = i."entityId"
        and h.source_id = i."sourceId" and h.stream = i.stream and h.facet = i.facet
    ), settled as materialized (
      select c.*, case when c.outcome = 'late' and exists (
          select from observation o
          where o.kind = c.kind and o.entity_id = c."entityId" and o.source_id = c."sourceId" and o.stream = c.stream
            and o.facet = c.facet and o.attributes = c.attributes and o.retracted = c.retracted and o.evidence = c.evidence
            and o.observed_from <= c."observedAt"
            and (c."observedAt" < o.observed_until or (c."observedAt" = o.observed_until and c.revision <= o.revision))
        ) then 'known' else c.outcome end as final
      from compared c
    ), touched as (
      update observation o set
        observed_until = s."observedAt",
        revision = greatest(s.revision, case when s.final = 'extends' then s.revision else o.revision end),
        until_recorded_at = case when s.final = 'extends' then ${context.recordedAt}::timestamptz else o.until_recorded_at end,
        seen_at = case when s.final = 'extends' then ${context.recordedAt}::timestamptz
          else greatest(o.seen_at, ${context.recordedAt}::timestamptz) end,
        stale = false, absent_since = null, absent_count = 0
      from settled s where o.id = s.head_id and s.final in ('extends', 'seen')
    ), retired as (
      update observation o set head = false from settled s where o.id = s.head_id and s.final = 'supersedes'
    )
    select s.index, s.final as outcome,
      s.final in ('first', 'supersedes')
      or (s.final in ('extends', 'seen') and s.was_stale)
      or (s.final = 'extends' and exists (
        select from observation p join source ps on ps.id = p.source_id
          left join source_rank pr on pr.source_id = p.source_id and pr.kind = p.kind
          join source os on os.id = s."sourceId"
          left join source_rank r on r.source_id = s."sourceId" and r.kind = s.kind
        where p.head and p.kind = s.kind and p.entity_id = s."entityId" and p.source_id <> s."sourceId"
          and coalesce(pr.rank, ps.default_rank) = coalesce(r.rank, os.default_rank)
          and p.attributes <> s.attributes))
      as matters
    from settled s order by s.index`.execute(db);
  return rows;
}

async function insertStatements(
  db: Kysely<unknown>,
  statements: ReadonlyArray<Statement & { head: boolean }>,
  context: { recordedAt: Date; runId: number | null },
): Promise<void> {
  await sql`
    insert into observation (kind, entity_id, source_id, stream, facet, observed_from, observed_until, revision,
      attributes, retracted, recorded_at, until_recorded_at, seen_at, head, detail, evidence, run_id)
    select kind, "entityId", "sourceId", stream, facet, "observedAt", "observedAt", revision, attributes, retracted,
      t.at, t.at, t.at, head, nullif(detail, 'null'::jsonb), evidence, ${context.runId}::bigint
    from jsonb_to_recordset(${JSON.stringify(statements)}::jsonb) as r(
      kind text, "entityId" text, "sourceId" text, stream text, facet text, "observedAt" timestamptz, revision bigint,
      attributes jsonb, retracted boolean, detail jsonb, evidence jsonb, head boolean)
    cross join (select ${context.recordedAt}::timestamptz as at) t`.execute(db);
}
