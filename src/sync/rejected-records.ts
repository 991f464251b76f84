import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { Database } from '../database/open-database.ts';
import { rejectionHash, rejectionTurn } from './rejections.ts';

/** A rejection that is open. */
export interface OpenRejection {
  readonly id: number;
  readonly stream: string;
  readonly record: Json;
  /** When it first came. */
  readonly at: Date;
  /** When it last came, by the hub clock. */
  readonly lastAt: Date;
  /** Of whom the key spoke that it was sent with; null for all. */
  readonly provinces: readonly string[] | null;
  /** When it was last asked for; null for what was rejected before the hub took note of it. */
  readonly domainAt: Date | null;
}

/** The next open rejections after an id, all of one stream, oldest first. */
export async function nextOpenRejections(
  database: Pick<Database, 'fork'>,
  selection: {
    readonly sourceId: string;
    readonly stream: string;
    readonly afterId: number;
    readonly untilId: number;
    readonly ids: readonly number[] | undefined;
    readonly count: number;
  },
): Promise<OpenRejection[]> {
  const { sourceId, stream, afterId, untilId, ids = null, count } = selection;
  const found = await sql<OpenRejection>`select id, stream, record, at, last_at as "lastAt",
      domain_at as "domainAt", provinces from rejection
    where source_id = ${sourceId} and stream = ${stream} and settled_at is null and id > ${afterId} and id <= ${untilId}
      and (${ids as number[] | null}::bigint[] is null or id = any(${ids as number[] | null}::bigint[]))
    order by id limit ${count}`.execute(database.fork().getKysely());
  return found.rows;
}

/** The streams that have open rejections, and the last id there is: what is rejected meanwhile is for the next replay. */
export async function openStreams(
  database: Pick<Database, 'fork'>,
  sourceId: string,
): Promise<{ stream: string; lastId: number }[]> {
  const found = await sql<{ stream: string; lastId: number }>`select stream, max(id) as "lastId" from rejection
    where source_id = ${sourceId} and settled_at is null group by stream order by stream`.execute(
    database.fork().getKysely(),
  );
  return found.rows;
}

/** How many rejections of a source are open; of those that are named, or of all. */
export async function countOpenRejections(
  database: Pick<Database, 'fork'>,
  sourceId: string,
  ids: readonly number[] | undefined,
): Promise<number> {
  const found = await sql<{ count: number }>`select count(*)::int as count from rejection
    where source_id = ${sourceId} and settled_at is null
      and (${ids ?? null}::bigint[] is null or id = any(${ids ?? null}::bigint[]))`.execute(
    database.fork().getKysely(),
  );
  return found.rows[0]?.count ?? 0;
}

/** What came of a rejection that was tried again. */
export interface RetriedRejection {
  readonly id: number;
  /** Why it is still rejected; undefined where it was taken. */
  readonly still?: { readonly reason: string; readonly path?: string | undefined; readonly contractVersion: string };
}

/**
 * Settles what was taken, and gives the others the reason that holds today. One that then equals another becomes one with
 * it, under the id of the older.
 */
export async function recordRetries(
  em: EntityManager,
  retries: readonly RetriedRejection[],
  run: { readonly sourceId: string; readonly runId: number; readonly now: Date },
): Promise<void> {
  // Before any row is locked, as by whoever keeps rejections.
  await sql`select ${rejectionTurn(run.sourceId)}`.execute(em.getKysely());
  const taken = retries.filter(({ still }) => still === undefined).map(({ id }) => id);
  await sql`update rejection set settled_at = ${run.now}::timestamptz, settled_by_run = ${run.runId}::bigint
    where id = any(${taken}::bigint[])`.execute(em.getKysely());
  const rows = retries.flatMap(({ id, still }) =>
    still ? [{ id, reason: still.reason, path: still.path ?? null, contract_version: still.contractVersion }] : [],
  );
  if (rows.length > 0) await restate(em, run.sourceId, JSON.stringify(rows));
}

interface GoneRejection {
  readonly into: number;
  readonly count: number;
  readonly at: Date;
  readonly last_at: Date;
  readonly domain_at: Date | null;
  readonly run_id: number | null;
}

/** A row that goes has to be gone before another says what it said, so this takes a statement for each. */
async function restate(em: EntityManager, sourceId: string, rows: string): Promise<void> {
  const db = em.getKysely();
  const said = sql`said as (
    select given.*, ${rejectionHash(sql`given`)} as hash from (
      select r.id, r.stream, r.record, row.reason, row.path, row.contract_version
      from jsonb_to_recordset(${rows}::jsonb) as row (id bigint, reason text, path text, contract_version text)
        join rejection r on r.id = row.id) as given)`;
  const gone = await sql<GoneRejection>`with ${said}, alike as (
      select id, stream, hash from said
      union all
      select r.id, r.stream, r.hash from rejection r
      where r.source_id = ${sourceId} and (r.stream, r.hash) in (select stream, hash from said)
        and r.id not in (select id from said)
    ), kept as (select id, min(id) over (partition by stream, hash) as into_id from alike)
    delete from rejection r using kept where r.id = kept.id and kept.id <> kept.into_id
    returning kept.into_id as "into", r.count, r.at, r.last_at, r.domain_at, r.run_id`.execute(db);
  await sql`with ${said} update rejection r set reason = said.reason, path = said.path,
      contract_version = said.contract_version, hash = said.hash
    from said where said.id = r.id`.execute(db);
  if (gone.rows.length > 0) await takeOver(em, gone.rows);
}

async function takeOver(em: EntityManager, gone: readonly GoneRejection[]): Promise<void> {
  await sql`update rejection r set count = r.count + gone.count, at = least(r.at, gone.at),
      last_at = greatest(r.last_at, gone.last_at), domain_at = greatest(r.domain_at, gone.domain_at),
      run_id = greatest(r.run_id, gone.run_id), settled_at = null, settled_by_run = null
    from (
      select "into", sum(count) as count, min(at) as at, max(last_at) as last_at, max(domain_at) as domain_at,
        max(run_id) as run_id
      from jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as row ("into" bigint, count integer, at timestamptz,
        last_at timestamptz, domain_at timestamptz, run_id bigint) group by "into"
    ) as gone where r.id = gone."into"`.execute(em.getKysely());
}

/** How the kit marks a long text that it cut. */
const CUT_TEXT = /… \(\d+ characters\)$/;

/** Whether only the beginning of a record is kept: then what is missing could say anything. */
export function isCut(record: Json): boolean {
  if (typeof record === 'string') return CUT_TEXT.test(record);
  if (Array.isArray(record)) return record.some(isCut);
  if (record === null || typeof record !== 'object') return false;
  if (record.cut === true && typeof record.beginning === 'string') return true;
  if (typeof record.truncated === 'string' && Object.keys(record).length === 1) return true;
  return Object.values(record).some(isCut);
}
