import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
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

/** Keeps rejections, all in one statement. */
export async function insertRejections(
  em: EntityManager,
  run: { sourceId: string; runId: number; now: Date },
  rejections: readonly Rejection[],
): Promise<void> {
  if (rejections.length === 0) return;
  const rows = rejections.map((rejection) => ({
    stream: rejection.stream,
    reason: String(storableJson(rejection.reason)).slice(0, MAX_REASON_LENGTH).toWellFormed(),
    path: rejection.path === undefined ? null : storableJson(rejection.path),
    record: boundedRecord(rejection.record),
    contract_version: rejection.contractVersion,
  }));
  await sql`insert into rejection (source_id, run_id, stream, reason, path, record, contract_version, at)
    select ${run.sourceId}, ${run.runId}::bigint, stream, reason, path, record, contract_version, ${run.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as row (stream text, reason text, path text, record jsonb, contract_version text)`.execute(em.getKysely());
}

function boundedRecord(record: unknown): Json {
  const whole = storableJson(record);
  const text = JSON.stringify(whole);
  return text.length <= MAX_RECORD_LENGTH ? whole : { truncated: text.slice(0, MAX_RECORD_LENGTH).toWellFormed() };
}
