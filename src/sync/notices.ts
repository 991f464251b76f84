import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { DriftNote } from '../../connectors/kit/connector.ts';
import { storableJson } from '../../schema/kinds/storable-json.ts';

/** Distinct things that are kept of one source; one that makes up names must not fill the database. */
const MAX_NOTICES_PER_SOURCE = 1_000;

export interface NoticeContext {
  readonly sourceId: string;
  readonly stream: string;
  /** The contract by which it was noticed; a notice that was settled opens again where a newer one meets it. */
  readonly contractVersion: string;
  readonly now: Date;
}

/**
 * Counts what drifts, each thing in one row. Called in the transaction of the page, so that a page that is stored again
 * after a crash counts once.
 */
export async function noteDrift(
  em: EntityManager,
  drift: readonly DriftNote[],
  { sourceId, stream, contractVersion, now }: NoticeContext,
): Promise<void> {
  if (drift.length === 0) return;
  const notes = JSON.stringify(mergeNotes(drift));
  await sql`
    insert into source_notice as known (source_id, stream, kind, path, sample, count, first_seen_at, last_seen_at,
      contract_version)
    select ${sourceId}, ${stream}, kind, path, sample, count, ${now}::timestamptz, ${now}::timestamptz, ${contractVersion}
    from jsonb_to_recordset(${notes}::jsonb) as note (kind text, path text, sample text, count bigint)
    where (select count(*) from source_notice where source_id = ${sourceId}) < ${MAX_NOTICES_PER_SOURCE}
      or exists (select from source_notice n where n.source_id = ${sourceId} and n.stream = ${stream}
        and n.kind = note.kind and n.path = note.path and (n.kind <> 'UNMAPPED_CODE' or n.sample = note.sample))
    order by kind, path, sample
    on conflict (source_id, stream, kind, path, (case when kind = 'UNMAPPED_CODE' then sample else '' end))
    do update set count = known.count + excluded.count, sample = excluded.sample, last_seen_at = excluded.last_seen_at,
      settled_at = case when known.contract_version = excluded.contract_version then known.settled_at end,
      contract_version = excluded.contract_version`.execute(em.getKysely());
}

/** One for each row: of a field that is new or changed the path alone tells, and the last sample stands for all. */
function mergeNotes(drift: readonly DriftNote[]): DriftNote[] {
  const merged = new Map<string, DriftNote>();
  for (const note of drift) {
    const path = String(storableJson(note.path));
    const sample = String(storableJson(note.sample));
    const key = JSON.stringify([note.kind, path, note.kind === 'UNMAPPED_CODE' ? sample : '']);
    merged.set(key, { kind: note.kind, path, sample, count: note.count + (merged.get(key)?.count ?? 0) });
  }
  return [...merged.values()];
}
