import { type Kysely, sql } from 'kysely';
import type { Statement } from './lanes.ts';

/** Hub clocks of what is told. */
export interface TellingClocks {
  readonly recordedAt: Date;
  readonly seenAt: Date;
  /** When it was asked for; null where it tells nothing of now. */
  readonly askedAt: Date | null;
}

/**
 * What became of a statement. `replaces` is a head that is older by its own time than the one before, or as old:
 * of a retraction without a time of its own and what is said before and after it, the later told counts.
 */
type Outcome = 'first' | 'supersedes' | 'replaces' | 'extends' | 'seen' | 'late' | 'known';

export interface Comparison {
  /** In the round. */
  readonly index: number;
  readonly outcome: Outcome;
  /** Whether the state of the entity has to be decided again. */
  readonly matters: boolean;
  readonly place: Place | null;
}

/** Where what replaces stands, and when the retraction was told that it takes back. */
export interface Place {
  readonly at: string;
  readonly revision: number;
  readonly since: string | null;
}

/** The source's own time of a head that took a retraction back; see SPEC.md, invariant 12. */
const own = (of: 'h' | 'o') => {
  const returned = (name: string) => sql`(${sql.ref(`${of}.detail`)} #>> ${sql.lit(`{returned,${name}}`)})`;
  return {
    isThere: sql`${sql.ref(`${of}.detail`)} ? 'returned'`,
    from: sql`${returned('from')}::timestamptz`,
    at: sql`${returned('observedAt')}::timestamptz`,
    revision: sql`${returned('revision')}::bigint`,
    since: sql`${returned('since')}::timestamptz`,
  };
};

/**
 * Compares each statement with the head of its lane, extends and retires heads, and tells what became of each. Asks
 * what is said of the present, mostly, first: of it the rest costs nothing.
 * An equal statement matters to the state only if its source had turned stale or absent, if another source of the same
 * rank could lose to it by being older, or if another lane of its source that speaks of the same attribute could.
 */
export async function compareWithHeads(
  db: Kysely<unknown>,
  round: readonly Statement[],
  context: TellingClocks,
): Promise<Comparison[]> {
  // What was kept and is told anew makes nothing fresh that has not been said since.
  const isNews = context.seenAt.getTime() === context.recordedAt.getTime();
  const keys = round.map(({ detail, ord, ...statement }, index) => ({ ...statement, index }));
  const askedAt = sql`case when i."isOvertaken" is null then ${context.askedAt}::timestamptz end`;
  const [head, held] = [own('h'), own('o')];
  const isUndated = sql`i.retracted and i.evidence ? 'undated'`;
  // Absences that were noted before they had evidence have a detail.
  const isHeadUndated = sql`h.retracted and (h.evidence ? 'undated' or h.detail ? 'absent')`;
  const { rows } = await sql<Comparison>`
    with incoming as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as r(
        index int, "sourceId" text, stream text, kind text, "entityId" text, facet text, "observedAt" timestamptz,
        revision bigint, attributes jsonb, retracted boolean, evidence jsonb, "isOvertaken" boolean)
    ), compared as materialized (
      select i.index, i."observedAt", i.revision, i.kind, i."entityId", i."sourceId", h.id as head_id,
        h.stale or h.absent_since is not null as was_stale, h.observed_until as head_until, h.revision as head_revision,
        case when h.detail ? 'returned' or h.retracted then coalesce(${head.since}, h.seen_at) end as since,
        case
          when h.id is null then 'first'
          when h.attributes = i.attributes and h.retracted = i.retracted and h.evidence = i.evidence then case
            when (i."observedAt", i.revision) > (h.observed_until, h.revision) then
              case when ${head.isThere} then 'supersedes' else 'extends' end
            when i."observedAt" = h.observed_until then 'seen'
            when ${head.isThere} and ${askedAt} > ${head.since} and not (${isUndated}) then case
              when i."observedAt" >= ${head.at} then 'seen'
              when i."observedAt" >= ${head.from} then 'known'
              else 'late' end
            when ${isUndated} and ${askedAt} > h.seen_at then 'seen'
            when i."observedAt" >= h.observed_from then 'known'
            else 'late' end
          when (i."observedAt", i.revision) > (h.observed_until, h.revision) then 'supersedes'
          when ${isUndated} then case
            when ${askedAt} > h.seen_at then 'replaces'
            when (i."observedAt", i.revision) = (h.observed_until, h.revision)
              and (i.attributes::text collate "C", i.evidence::text collate "C")
                > (h.attributes::text collate "C", h.evidence::text collate "C") then 'supersedes'
            else 'late' end
          when ${head.isThere} and ${askedAt} > ${head.since} then case
            when (i."observedAt", i.revision, i.attributes::text collate "C", i.evidence::text collate "C")
               > (${head.at}, ${head.revision}, h.attributes::text collate "C", h.evidence::text collate "C")
            then 'replaces' else 'late' end
          when ${isHeadUndated} and not i.retracted and ${askedAt} > h.seen_at then 'replaces'
          when (i."observedAt", i.revision) = (h.observed_until, h.revision)
            and (i.attributes::text collate "C", i.evidence::text collate "C")
              > (h.attributes::text collate "C", h.evidence::text collate "C") then 'supersedes'
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
            and ((o.observed_from <= c."observedAt"
              and (c."observedAt" < o.observed_until or (c."observedAt" = o.observed_until and c.revision <= o.revision)))
              or (${held.from} <= c."observedAt" and (c."observedAt", c.revision) <= (${held.at}, ${held.revision})))
        ) then 'known' else c.outcome end as final
      from compared c
    ), touched as (
      update observation o set
        observed_until = greatest(o.observed_until, s."observedAt"),
        revision = case when s.final = 'extends' then s.revision else o.revision end,
        until_recorded_at = case when s.final = 'extends' then ${context.recordedAt}::timestamptz else o.until_recorded_at end,
        seen_at = case when s.final = 'extends' and ${isNews} then ${context.seenAt}::timestamptz
          else greatest(o.seen_at, ${context.seenAt}::timestamptz) end,
        stale = o.stale and not ${isNews} and coalesce((
          select greatest(o.seen_at, ${context.seenAt}::timestamptz) + make_interval(secs => src.ttl_seconds)
            <= ${context.recordedAt}::timestamptz from source src where src.id = o.source_id), false),
        absent_since = case when not ${isNews} and ${context.seenAt}::timestamptz < o.absent_since then o.absent_since end,
        absent_count = case when not ${isNews} and ${context.seenAt}::timestamptz < o.absent_since then o.absent_count
          else 0 end,
        detail = case when ${held.isThere} and (s."observedAt", s.revision) > (${held.at}, ${held.revision})
          then jsonb_set(o.detail, '{returned}', o.detail->'returned'
            || jsonb_build_object('observedAt', s."observedAt", 'revision', s.revision)) else o.detail end
      from settled s where o.id = s.head_id and s.final in ('extends', 'seen')
    ), retired as (
      update observation o set head = false from settled s where o.id = s.head_id and s.final in ('supersedes', 'replaces')
    )
    select s.index, s.final as outcome,
      case when s.final = 'replaces'
        then json_build_object('at', s.head_until, 'revision', s.head_revision + 1, 'since', s.since) end as place,
      s.final in ('first', 'supersedes', 'replaces')
      or (s.final in ('extends', 'seen') and s.was_stale)
      or (s.final = 'extends' and exists (
        select from observation p join source ps on ps.id = p.source_id
          left join source_rank pr on pr.source_id = p.source_id and pr.kind = p.kind
          join source os on os.id = s."sourceId"
          left join source_rank r on r.source_id = s."sourceId" and r.kind = s.kind
        where p.head and p.kind = s.kind and p.entity_id = s."entityId"
          and case when p.source_id = s."sourceId"
            then (p.stream, p.facet) <> (s.stream, s.facet) and string_to_array(p.facet, ',') && string_to_array(s.facet, ',')
            else coalesce(pr.rank, ps.default_rank) = coalesce(r.rank, os.default_rank) and p.attributes <> s.attributes
          end))
      as matters
    from settled s order by s.index`.execute(db);
  return rows;
}
