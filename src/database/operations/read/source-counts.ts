import { sql } from 'kysely';
import type { Reader } from './reader.ts';

/** How many of something each source has; none where it has none. */
export interface SourceCountRow {
  source: string;
  count: number;
}

/** Records of each of the sources that were rejected and are not settled. */
export function countOpenRejections(reader: Reader, sources: readonly string[]): Promise<SourceCountRow[]> {
  return reader.rows<SourceCountRow>(sql`
    select source_id as source, count(*)::int as count from rejection
    where settled_at is null and source_id = any(${sources}::text[]) group by source_id`);
}

/** Records of each of the sources that were rejected at a time or later, settled or not; equal ones count once. */
export function countRejectionsSince(
  reader: Reader,
  sources: readonly string[],
  since: Date,
): Promise<SourceCountRow[]> {
  return reader.rows<SourceCountRow>(sql`
    select source_id as source, count(*)::int as count from rejection
    where last_at >= ${since}::timestamptz and source_id = any(${sources}::text[]) group by source_id`);
}

/** Open conflicts that each of the sources takes part in; in the provinces given, or in all. */
export function countOpenConflicts(
  reader: Reader,
  sources: readonly string[],
  provinces: readonly string[] | null,
): Promise<SourceCountRow[]> {
  return reader.rows<SourceCountRow>(sql`
    select claim.source, count(*)::int as count
    from conflict c cross join lateral jsonb_object_keys(c.claims) as claim(source)
    where c.closed_at is null and claim.source = any(${sources}::text[])
      and (${provinces}::text[] is null or c.province_code is null or c.province_code = any(${provinces}::text[]))
    group by claim.source`);
}

/** Actions on each of the sources. */
export function countActions(reader: Reader, sources: readonly string[]): Promise<SourceCountRow[]> {
  return reader.rows<SourceCountRow>(sql`
    select source_id as source, count(*)::int as count from source_action
    where source_id = any(${sources}::text[]) group by source_id`);
}
