import type { EntityManager } from '@mikro-orm/postgresql';
import { type RawBuilder, sql } from 'kysely';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { storableJson } from '../../schema/kinds/storable-json.ts';

/** A record that could not be taken, kept with the reason. */
export interface Rejection {
  readonly stream: string;
  readonly reason: string;
  /** Where in the record, e.g. `attributes.status`. */
  readonly path?: string | undefined;
  readonly record: unknown;
  readonly contractVersion: string;
}

/** Characters of a record as JSON that are kept; of a longer one the beginning, as text. */
const MAX_RECORD_LENGTH = 16_384;
const MAX_REASON_LENGTH = 1_000;

export interface RejectionContext {
  readonly sourceId: string;
  readonly runId: number;
  /** Hub clock. */
  readonly now: Date;
  /** Domain clock, when the records were asked for; a record without a time of its own was observed then. */
  readonly domainAt?: Date;
  /** Leaves out those that are kept already and open: what is read anew is rejected anew. */
  readonly isReplay?: boolean;
  /** Of whom the key speaks that the records were sent with; undefined for all, and for what was asked for. */
  readonly provinces?: readonly string[] | null | undefined;
}

/**
 * Keeps rejections, all in one statement. One that stands there already, with the same record, reason and contract
 * version, is counted on; where it was settled it is open again. Gives how many of them did not stand there open.
 */
export async function keepRejections(
  em: EntityManager,
  run: RejectionContext,
  rejections: readonly Rejection[],
): Promise<number> {
  if (rejections.length === 0) return 0;
  const rows = rejections.map((rejection, nth) => ({
    nth,
    stream: rejection.stream,
    reason: String(storableJson(rejection.reason)).slice(0, MAX_REASON_LENGTH).toWellFormed(),
    path: rejection.path === undefined ? null : storableJson(rejection.path),
    record: boundedRecord(rejection.record),
    contract_version: rejection.contractVersion,
  }));
  const { sourceId, runId, now, domainAt = null, isReplay = false, provinces } = run;
  const kept = await sql<{ unknown: number }>`with turn as materialized (select ${rejectionTurn(sourceId)}), given as (
      select row.*, ${rejectionHash(sql`row`)} as hash from turn cross join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row (nth integer, stream text, reason text, path text, record jsonb, contract_version text)
      where not (${isReplay} and exists (
        select from rejection r where r.source_id = ${sourceId} and r.stream = row.stream and r.settled_at is null
          and r.record = coalesce(row.record, 'null')))
    ), known as materialized (
      select r.stream, r.hash from rejection r join given on given.stream = r.stream and given.hash = r.hash
      where r.source_id = ${sourceId} and r.settled_at is null
    ), kept as (insert into rejection (source_id, run_id, stream, reason, path, record, contract_version, hash, count, at, last_at, domain_at, provinces)
    select ${sourceId}, ${runId}::bigint, stream, min(reason), min(path), coalesce((array_agg(record))[1], 'null'), min(contract_version), hash,
      count(*), ${now}::timestamptz, ${now}::timestamptz, ${domainAt}::timestamptz, ${provinces ? [...provinces] : null}::text[]
    from given group by stream, hash order by min(nth)
    on conflict (source_id, stream, hash) do update set
      count = rejection.count + excluded.count, run_id = excluded.run_id, provinces = excluded.provinces,
      last_at = greatest(rejection.last_at, excluded.last_at), domain_at = greatest(rejection.domain_at, excluded.domain_at),
      settled_at = null, settled_by_run = null
    where not (${isReplay} and rejection.settled_at is null))
    select count(*)::integer as unknown from given
    where (stream, hash) not in (select stream, hash from known)`.execute(em.getKysely());
  return kept.rows[0]?.unknown ?? 0;
}

/** Settles what a stream rejected before a run that read all of it and rejected nothing. */
export async function settleRejections(
  em: EntityManager,
  run: { sourceId: string; stream: string; runId: number; startedAt: Date; now: Date },
): Promise<void> {
  await sql`with turn as materialized (select ${rejectionTurn(run.sourceId)})
    update rejection set settled_at = ${run.now}::timestamptz, settled_by_run = ${run.runId}::bigint from turn
    where source_id = ${run.sourceId} and stream = ${run.stream} and settled_at is null
      and last_at < ${run.startedAt}::timestamptz`.execute(em.getKysely());
}

/** By which equal rejections of a stream are known; of a row with record, reason, path and contract version. */
export function rejectionHash(row: RawBuilder<unknown>): RawBuilder<string> {
  return sql`encode(sha256(convert_to(
    jsonb_build_array(${row}.record, ${row}.reason, ${row}.path, ${row}.contract_version)::text, 'UTF8')), 'hex')`;
}

/**
 * Lets one transaction at a time keep or restate rejections of a source, until it ends. Taken before the locks of
 * entities and of the log, by whoever takes several.
 */
export function rejectionTurn(sourceId: string): RawBuilder<unknown> {
  return sql`pg_advisory_xact_lock(hashtextextended(${`rejections\n${sourceId}`}, 0))`;
}

function boundedRecord(record: unknown): Json {
  const whole = storableJson(record);
  const text = JSON.stringify(whole);
  return text.length <= MAX_RECORD_LENGTH ? whole : { truncated: text.slice(0, MAX_RECORD_LENGTH).toWellFormed() };
}
