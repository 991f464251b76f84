import { sql } from 'kysely';
import type { Reader } from './reader.ts';

export interface CheckpointRow {
  source: string;
  stream: string;
  updatedAt: Date;
  bytes: number;
}

/** How far each stream of each of the sources has been read; not the state itself, which only the connector understands. */
export function readCheckpoints(reader: Reader, sources: readonly string[]): Promise<CheckpointRow[]> {
  return reader.rows<CheckpointRow>(sql`
    select source_id as source, stream, updated_at as "updatedAt", pg_column_size(state)::int as bytes
    from checkpoint where source_id = any(${sources}::text[]) order by source_id, stream collate "C"`);
}

export interface SourceNoticeRow {
  number: number;
  source: string;
  stream: string;
  kind: string;
  path: string;
  sample: string;
  count: number;
  contractVersion: string;
  firstSeenAt: Date;
  lastSeenAt: Date;
  settledAt: Date | null;
}

const noticeColumns = sql`id as number, source_id as source, stream, kind, path, sample, count::float8 as count,
  contract_version as "contractVersion", first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
  settled_at as "settledAt"`;

/** What was noticed about the shape of what each of the sources sends, newest first. */
export function readNotices(reader: Reader, sources: readonly string[]): Promise<SourceNoticeRow[]> {
  return reader.rows<SourceNoticeRow>(sql`
    select ${noticeColumns} from source_notice where source_id = any(${sources}::text[]) order by id desc`);
}

export async function readNotice(reader: Reader, number: number): Promise<SourceNoticeRow | null> {
  const rows = await reader.rows<SourceNoticeRow>(
    sql`select ${noticeColumns} from source_notice where id = ${number}::bigint`,
  );
  return rows[0] ?? null;
}

export interface SourceActionRow {
  number: number;
  source: string;
  action: string;
  arguments: Record<string, unknown>;
  reason: string;
  madeBy: string;
  madeAt: Date;
  run: number | null;
}

const actionColumns = sql`a.id as number, a.source_id as source, a.action, a.arguments, a.reason,
  a.made_by as "madeBy", a.made_at as "madeAt", a.run_id as run`;

/** The newest `limit` actions on each of the sources that are older than `before`. */
export function readActions(
  reader: Reader,
  sources: readonly string[],
  page: { limit: number; before: number | null },
): Promise<SourceActionRow[]> {
  return reader.rows<SourceActionRow>(sql`
    select found.* from unnest(${sources}::text[]) as s(id)
    cross join lateral (
      select ${actionColumns} from source_action a
      where a.source_id = s.id and (${page.before}::bigint is null or a.id < ${page.before}::bigint)
      order by a.id desc limit ${page.limit}
    ) as found`);
}

export async function readAction(reader: Reader, number: number): Promise<SourceActionRow | null> {
  const rows = await reader.rows<SourceActionRow>(
    sql`select ${actionColumns} from source_action a where a.id = ${number}::bigint`,
  );
  return rows[0] ?? null;
}
