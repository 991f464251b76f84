import { type RawBuilder, sql } from 'kysely';
import type { Json, KeyPart } from '../../../schema/kinds/fact-kind.ts';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import type { ReferenceData } from './reference-data.ts';
import type { ReferenceType } from './views.ts';

/** What a filter looks at, whether it is a row of the state or one side of a change. */
export interface Filtered {
  readonly keys: Readonly<Partial<Record<KeyPart, string>>>;
  readonly attributes: Readonly<Record<string, Json | undefined>>;
  readonly conflicted: boolean;
  readonly stale: boolean;
}

/**
 * One field of a filter, said twice: as SQL over the alias `s`, and as a predicate for the live feed. A test holds the
 * two against each other.
 */
interface FilterField {
  /** The codes that its values must be. */
  readonly codes?: ReferenceType;
  readonly sql: (value: never, reference: ReferenceData) => RawBuilder<unknown>;
  readonly matches: (value: never, row: Filtered, reference: ReferenceData) => boolean;
}
const field = <Value>(definition: {
  codes?: ReferenceType;
  sql: (value: Value, reference: ReferenceData) => RawBuilder<unknown>;
  matches: (value: Value, row: Filtered, reference: ReferenceData) => boolean;
}): FilterField => definition as never;

const keyIn = (part: KeyPart, column: string, codes?: ReferenceType): FilterField =>
  field<string[]>({
    ...(codes && { codes }),
    sql: (values) => sql`${sql.ref(`s.${column}`)} = any(${values}::text[])`,
    matches: (values, row) => values.includes(row.keys[part] as string),
  });

const valueIn = (attribute: string, column: string): FilterField =>
  field<string[]>({
    sql: (values) => sql`coalesce(${sql.ref(`s.${column}`)} = any(${values}::text[]), false)`,
    matches: (values, row) => values.includes(row.attributes[attribute] as string),
  });

const conflicted = field<boolean>({
  sql: (value) => sql`(cardinality(s.conflicted) > 0) = ${value}::boolean`,
  matches: (value, row) => row.conflicted === value,
});
const stale = field<boolean>({
  sql: (value) => sql`(s.stale_since is not null) = ${value}::boolean`,
  matches: (value, row) => row.stale === value,
});
const common = { conflicted, stale };
const provinces = keyIn('province', 'province_code', 'Province');
const systems = keyIn('system', 'system_code', 'System');

const isListed = (value: Json | undefined): value is Json[] => Array.isArray(value) && value.length > 0;

/** The criteria of some systems, which is how readiness is filtered by system. */
const criteriaOf = (reference: ReferenceData, codes: readonly string[]): string[] =>
  reference
    .all('Criterion')
    .filter((criterion) => criterion.systemCode !== null && codes.includes(criterion.systemCode))
    .map((criterion) => criterion.code);

const FILTERS: Readonly<Record<FactKindName, Readonly<Record<string, FilterField>>>> = {
  deployment: {
    ...common,
    provinces,
    systems,
    statuses: valueIn('status', 'status'),
    vendors: field<string[]>({
      codes: 'Vendor',
      sql: (values) => sql`coalesce(s.vendor_codes && ${values}::text[], false)`,
      matches: (values, row) =>
        isListed(row.attributes.vendors) && row.attributes.vendors.some((v) => values.includes(v as string)),
    }),
    hasDifficulty: field<boolean>({
      sql: (value) => sql`(s.difficulty is not null) = ${value}::boolean`,
      matches: (value, row) => (row.attributes.difficulty != null) === value,
    }),
  },
  readiness: {
    ...common,
    provinces,
    criteria: keyIn('criterion', 'criterion_id', 'Criterion'),
    systems: field<string[]>({
      codes: 'System',
      sql: (values, reference) => sql`s.criterion_id = any(${criteriaOf(reference, values)}::text[])`,
      matches: (values, row, reference) => criteriaOf(reference, values).includes(row.keys.criterion as string),
    }),
    completed: field<boolean>({
      sql: (value) => sql`coalesce(s.completed = ${value}::boolean, false)`,
      matches: (value, row) => row.attributes.completed === value,
    }),
    hasDifficulty: field<boolean>({
      sql: (value) =>
        sql`(coalesce(jsonb_typeof(s.difficulties) = 'array' and s.difficulties <> '[]'::jsonb, false)) = ${value}::boolean`,
      matches: (value, row) => isListed(row.attributes.difficulties) === value,
    }),
  },
  link: {
    ...common,
    provinces,
    targets: keyIn('target', 'target_code', 'Target'),
    states: valueIn('state', 'state'),
  },
  serviceCoverage: { ...common, provinces, programmes: keyIn('programme', 'programme') },
  vendorCount: { ...common, systems, vendors: keyIn('vendor', 'vendor_code', 'Vendor') },
  criterionCount: { ...common, criteria: keyIn('criterion', 'criterion_id', 'Criterion') },
};

export type FactFilter = Readonly<Record<string, unknown>>;

/** The fields of the filter that are given, with codes in place of ids. Throws BAD_USER_INPUT for an unknown code. */
function givenFields(kind: FactKindName, filter: FactFilter, reference: ReferenceData): [FilterField, never][] {
  return Object.entries(FILTERS[kind]).flatMap(([name, definition]): [FilterField, never][] => {
    const value = filter[name];
    if (value === null || value === undefined) return [];
    return [[definition, (definition.codes ? reference.codes(definition.codes, value as string[]) : value) as never]];
  });
}

/** The filter as conditions over the state of the kind under the alias `s`. */
export function filterConditions(
  kind: FactKindName,
  filter: FactFilter | null | undefined,
  reference: ReferenceData,
): RawBuilder<unknown>[] {
  return filter ? givenFields(kind, filter, reference).map(([field, value]) => field.sql(value, reference)) : [];
}

/** The filter as a predicate. */
export function filterPredicate(
  kind: FactKindName,
  filter: FactFilter | null | undefined,
  reference: ReferenceData,
): (row: Filtered) => boolean {
  const given = filter ? givenFields(kind, filter, reference) : [];
  return (row) => given.every(([field, value]) => field.matches(value, row, reference));
}
