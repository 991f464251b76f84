import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { SourceDefinition } from '../../connectors/kit/source-file.ts';
import { factKinds } from '../../schema/kinds/index.ts';
import { measurementKinds } from '../../schema/kinds/measurements.ts';
import { recompute } from '../unify/recompute.ts';
import type { FormerRank } from '../unify/rerank-measurements.ts';
import { type SourceRow, sourceRows } from './source-rows.ts';

const REGISTER_LOCK = 'lienthong.register-sources';

/**
 * Brings `source` and `source_rank` to what the sources file says, voices included. What the file no longer names is
 * switched off and keeps its claims, which turn stale by themselves. Where the precedence of a known source changed,
 * every entity is decided anew, and what is shown otherwise is logged. With `keepOthers` the definitions are not all there are. Idempotent; several processes at once wait for each other.
 */
export async function registerSources(
  em: EntityManager,
  definitions: readonly SourceDefinition[],
  options: { simulated: boolean; now: Date; keepOthers?: boolean },
): Promise<void> {
  const rows = definitions.flatMap((definition) => sourceRows(definition, options.simulated));
  await em.transactional(async (tx) => {
    const db = tx.getKysely();
    await sql`select pg_advisory_xact_lock(hashtext(${REGISTER_LOCK}))`.execute(db);
    const before = await readRanks(tx);
    await sql`insert into source (id, connector, name, kind, parent_id, scope_provinces, schedule, ttl_seconds,
        gone_after, default_rank, simulated, enabled)
      select id, connector, name, kind, parent_id, scope_provinces, schedule, ttl_seconds, gone_after, default_rank,
        simulated, true
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (id text, connector text, name text, kind text,
        parent_id text, scope_provinces text[], schedule text, ttl_seconds double precision, gone_after integer,
        default_rank integer, simulated boolean)
      on conflict (id) do update set connector = excluded.connector, name = excluded.name, kind = excluded.kind,
        parent_id = excluded.parent_id, scope_provinces = excluded.scope_provinces, schedule = excluded.schedule,
        ttl_seconds = excluded.ttl_seconds, gone_after = excluded.gone_after, default_rank = excluded.default_rank,
        simulated = excluded.simulated, enabled = true`.execute(db);
    const ids = rows.map((row) => row.id);
    if (!options.keepOthers) {
      await sql`update source set enabled = false
        where enabled and kind <> 'operator' and id <> all(${ids}::text[])`.execute(db);
    }
    await writeRanks(tx, rows);
    const after = new Map((await readRanks(tx)).map(({ source, kind, rank }) => [`${source} ${kind}`, rank]));
    const isReordered = before.some(({ source, kind, rank }) => after.get(`${source} ${kind}`) !== rank);
    if (isReordered) await recompute(tx, { now: options.now, formerRanks: before });
  });
}

async function writeRanks(em: EntityManager, rows: readonly SourceRow[]): Promise<void> {
  const db = em.getKysely();
  const ranks = rows.flatMap(({ id, ranks }) =>
    Object.entries(ranks).map(([kind, rank]) => ({ source_id: id, kind, rank })),
  );
  await sql`delete from source_rank where source_id = any(${rows.map((row) => row.id)}::text[])`.execute(db);
  await sql`insert into source_rank (source_id, kind, rank)
    select source_id, kind, rank from jsonb_to_recordset(${JSON.stringify(ranks)}::jsonb)
      as row (source_id text, kind text, rank integer)`.execute(db);
}

/** The rank of every source for every kind. */
async function readRanks(em: EntityManager): Promise<readonly FormerRank[]> {
  const kinds = [...Object.keys(factKinds), ...Object.keys(measurementKinds)];
  const found = await sql<FormerRank>`
    select s.id as source, k.kind, coalesce(r.rank, s.default_rank, 100) as rank
    from source s cross join unnest(${kinds}::text[]) as k(kind)
    left join source_rank r on r.source_id = s.id and r.kind = k.kind`.execute(em.getKysely());
  return found.rows;
}
