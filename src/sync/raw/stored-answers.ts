import { sql } from 'kysely';
import type { StoredRaw } from '../../../connectors/kit/connector.ts';
import { AnswerBody } from '../../../connectors/kit/http/answer-body.ts';
import type { Database } from '../../database/open-database.ts';
import { decompress } from './compression.ts';
import { MAX_KEPT_ANSWER_BYTES } from './raw-limits.ts';

export interface StoredSelection {
  readonly sourceId: string;
  readonly stream: string;
  /** By the hub clock, of when an answer was given: those that were given at any time from `since` until `until`. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Of each request only the last answer: what came before it was corrected by it. */
  readonly isLastOnly: boolean;
}

interface StoredRow {
  readonly id: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly domainRequestedAt: Date;
  readonly domainLastAt: Date;
  readonly provinces: readonly string[] | null;
}

/** The streams of a source of which answers are kept, and how many were too large to be. */
export async function storedStreams(
  database: Pick<Database, 'fork'>,
  sourceId: string,
): Promise<{ stream: string; answers: number; tooLarge: number }[]> {
  const found = await sql<{ stream: string; answers: number; tooLarge: number }>`
    select stream, (count(*) filter (where is_kept))::int as answers, (count(*) filter (where not is_kept))::int as "tooLarge"
    from raw_answer where source_id = ${sourceId} group by stream order by stream`.execute(database.fork().getKysely());
  return found.rows;
}

/**
 * The stored answers in the order in which they came, one in memory or in a file at a time. One that came again and again
 * is given as of its first time and as of its last, so that what it says holds from the one to the other.
 */
export async function* storedAnswers(
  database: Pick<Database, 'fork'>,
  selection: StoredSelection,
): AsyncGenerator<StoredRaw, void, undefined> {
  for (const row of await selectAnswers(database, selection)) {
    const isLasting = row.domainLastAt.getTime() !== row.domainRequestedAt.getTime();
    const times = [
      ...(isLasting && selection.isLastOnly ? [] : [{ at: row.firstSeenAt, domainAt: row.domainRequestedAt }]),
      ...(isLasting ? [{ at: row.lastSeenAt, domainAt: row.domainLastAt }] : []),
    ];
    for (const { at, domainAt } of times) {
      const body = await readBody(database, row.id);
      if (!body) continue;
      const { headers, provinces } = row;
      yield { headers, body, requestedAt: at, domainRequestedAt: domainAt, ...(provinces && { provinces }) };
    }
  }
}

async function selectAnswers(database: Pick<Database, 'fork'>, selection: StoredSelection): Promise<StoredRow[]> {
  const { sourceId, stream, since = null, until = null, isLastOnly } = selection;
  const found = await sql<StoredRow>`
    select id, headers, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
      domain_requested_at as "domainRequestedAt", domain_last_at as "domainLastAt", provinces
    from raw_answer a
    where source_id = ${sourceId} and stream = ${stream} and is_kept
      and (${since}::timestamptz is null or last_seen_at >= ${since})
      and (${until}::timestamptz is null or first_seen_at <= ${until})
      and not (${isLastOnly} and exists (
        select from raw_answer later where later.source_id = a.source_id and later.stream = a.stream
          and later.request_hash = a.request_hash and later.id > a.id and later.is_kept
          and (${until}::timestamptz is null or later.first_seen_at <= ${until})))
    order by id`.execute(database.fork().getKysely());
  return found.rows;
}

/** Undefined where housekeeping has taken it since it was selected. */
async function readBody(database: Pick<Database, 'fork'>, id: number): Promise<AnswerBody | undefined> {
  try {
    return await AnswerBody.receive(decompress(partsOf(database, id)), MAX_KEPT_ANSWER_BYTES);
  } catch (error) {
    if (await exists(database, id)) throw error;
    return undefined;
  }
}

async function* partsOf(database: Pick<Database, 'fork'>, id: number): AsyncGenerator<Buffer, void, undefined> {
  for (let nth = 0; ; nth += 1) {
    const found = await sql<{ body: Buffer }>`select body from raw_answer_part
      where answer_id = ${id} and nth = ${nth}`.execute(database.fork().getKysely());
    const part = found.rows[0];
    if (!part) return;
    yield part.body;
  }
}

async function exists(database: Pick<Database, 'fork'>, id: number): Promise<boolean> {
  const found = await sql`select 1 from raw_answer where id = ${id}`.execute(database.fork().getKysely());
  return found.rows.length > 0;
}
