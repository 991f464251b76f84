import { type RawBuilder, sql } from 'kysely';
import type { FactKind } from '../../../schema/kinds/fact-kind.ts';
import type { Reader } from '../../database/operations/read/reader.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Rights } from '../rights.ts';
import type { ReferenceData } from './reference-data.ts';

/** What reading for one request needs. Made anew for each, so that nothing is remembered from one to the next. */
export interface Reading {
  readonly reader: Reader;
  readonly rights: Rights;
  readonly reference: ReferenceData;
  /** The hub clock. */
  readonly clock: Clock;
  /** What the domain calls today. */
  readonly domainClock: Clock;
  /** Loaders and answers of this request, by name; see {@link remembered}. */
  readonly memory: Map<string, unknown>;
}

/** The value of that name of this request, made on first use. */
export function remembered<Value>(reading: Reading, name: string, make: () => Value): Value {
  let value = reading.memory.get(name) as Value | undefined;
  if (value === undefined) {
    value = make();
    reading.memory.set(name, value);
  }
  return value;
}

/** Whether the caller may see a row of that province; rows of no province are visible to everyone. */
export function maySee(rights: Rights, province: string | null | undefined): boolean {
  return rights.provinces === null || province == null || rights.provinces.includes(province);
}

/** The condition that leaves only what the caller may see; none where that is all. */
export function scopeCondition(rights: Rights, column: RawBuilder<unknown>, nullable = false): RawBuilder<unknown>[] {
  if (rights.provinces === null) return [];
  const within = sql`${column} = any(${[...rights.provinces]}::text[])`;
  return [nullable ? sql`(${column} is null or ${within})` : within];
}

/** The same for the state of a kind, under the alias `s`. */
export function scopeOfKind(rights: Rights, kind: FactKind): RawBuilder<unknown>[] {
  return kind.key.includes('province') ? scopeCondition(rights, sql`s.province_code`) : [];
}
