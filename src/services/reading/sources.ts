import { type RawBuilder, sql } from 'kysely';
import { ForbiddenError } from '../../errors/index.ts';
import type { Reading } from './reading.ts';
import type { SourceView } from './views.ts';

/**
 * Whether the caller may see what the hub keeps about a source itself: its runs and what it rejected. A caller who is
 * limited to provinces sees only sources that speak of no other province, since a rejected record may name any.
 */
export function maySeeSource(reading: Reading, code: string): boolean {
  const { rights, reference } = reading;
  if (rights.sources && !rights.sources.includes(code)) return false;
  const { provinces } = rights;
  if (provinces === null) return true;
  const scope = reference.find('Source', code)?.scopeProvinces;
  return scope ? scope.every((province) => provinces.includes(province)) : false;
}

/**
 * Throws FORBIDDEN for a source that the caller may not see. It may be named to them all the same, by the provenance of
 * what they see; what the hub keeps about it is none of their business.
 */
export function requireVisible(reading: Reading, code: string): void {
  if (!maySeeSource(reading, code))
    throw new ForbiddenError(`Your key does not reach what the hub keeps about "${code}".`);
}

/** The sources that the caller may see. */
export function visibleSources(reading: Reading): SourceView[] {
  return reading.reference.all('Source').filter((source) => maySeeSource(reading, source.code));
}

/** The same as a condition on a column that holds a source's code; none where that is all. */
export function sourceCondition(reading: Reading, column: RawBuilder<unknown>): RawBuilder<unknown>[] {
  if (reading.rights.sources === null && reading.rights.provinces === null) return [];
  return [sql`${column} = any(${visibleSources(reading).map((source) => source.code)}::text[])`];
}
