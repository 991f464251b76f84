import { type Kysely, sql } from 'kysely';
import type { ChangeCause } from '../../schema/kinds/change-cause.ts';
import type { FactKind } from '../../schema/kinds/fact-kind.ts';
import { CHANGE_CHANNEL } from '../database/channels.ts';
import { lockLog } from './locks.ts';
import { CONFLICT_KIND } from './pending-changes.ts';

/**
 * Gives the pending changes their numbers, writes them to the log, and brings state and conflicts to what they say.
 * Takes the log lock, so it is the last thing of a transaction. Gives the last number.
 */
export async function appendChanges(
  db: Kysely<unknown>,
  pending: { count: number; kinds: readonly FactKind[] },
  context: { at: Date; cause: ChangeCause; runId: number | null },
): Promise<number> {
  await lockLog(db);
  const numbers = await sql<{ last: number }>`
    select setval('change_seq', nextval('change_seq') + ${pending.count - 1}::int) as last`.execute(db);
  const last = Number(numbers.rows[0]?.last);
  const first = last - pending.count + 1;
  await sql`
    insert into change (seq, tx, last, at, kind, entity_id, operation, before, after, attributes, cause, sources, run_id,
      province_code, system_code)
    select ${first - 1}::bigint + ord, ${first}::bigint, ord = ${pending.count}::int, ${context.at}::timestamptz, kind,
      case when kind = ${CONFLICT_KIND} and operation = 'CREATED' then entity_id || '@' || (${first - 1}::bigint + ord)
        else entity_id end,
      operation, before, after, attributes, ${context.cause}, sources, ${context.runId}::bigint, province_code, system_code
    from pending_change order by ord`.execute(db);
  for (const kind of pending.kinds) await applyState(db, kind, { at: context.at, first });
  await applyConflicts(db, { at: context.at, first });
  await sql`select pg_notify(${CHANGE_CHANNEL}, ${String(last)})`.execute(db);
  return last;
}

async function applyState(db: Kysely<unknown>, kind: FactKind, context: { at: Date; first: number }): Promise<void> {
  const table = sql.table(kind.table);
  await sql`
    with removed as (
      delete from ${table} t using pending_change p
      where p.kind = ${kind.name} and p.operation = 'REMOVED' and t.id = p.entity_id
    )
    insert into ${table} (id, attributes, conflicted, stale_since, updated_at, updated_seq)
    select entity_id, state, conflicted, stale_since, ${context.at}::timestamptz, ${context.first - 1}::bigint + ord
    from pending_change where kind = ${kind.name} and operation <> 'REMOVED'
    on conflict (id) do update set attributes = excluded.attributes, conflicted = excluded.conflicted,
      stale_since = excluded.stale_since, updated_at = excluded.updated_at, updated_seq = excluded.updated_seq`.execute(
    db,
  );
}

async function applyConflicts(db: Kysely<unknown>, context: { at: Date; first: number }): Promise<void> {
  await sql`
    with settled as (
      update conflict c set
        claims = coalesce(p.after->'claims', c.claims), updated_at = ${context.at}::timestamptz,
        closed_at = case p.operation when 'REMOVED' then ${context.at}::timestamptz end
      from pending_change p
      where p.kind = ${CONFLICT_KIND} and p.operation <> 'CREATED' and c.id = p.entity_id
    )
    insert into conflict (id, kind, entity_id, attribute, province_code, system_code, claims, opened_at, updated_at)
    select entity_id || '@' || (${context.first - 1}::bigint + ord), after->>'kind', after->>'entityId',
      after->>'attribute', province_code, system_code, after->'claims', ${context.at}::timestamptz, ${context.at}::timestamptz
    from pending_change where kind = ${CONFLICT_KIND} and operation = 'CREATED'`.execute(db);
}
