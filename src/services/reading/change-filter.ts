import { type RawBuilder, sql } from 'kysely';
import { factKinds } from '../../../schema/kinds/index.ts';
import { measurementKinds } from '../../../schema/kinds/measurements.ts';
import { BadUserInputError } from '../../errors/index.ts';
import type { LoggedChange } from '../../live/change-source.ts';
import { CONFLICT_KIND } from '../../unify/pending-changes.ts';
import { typeNameOf } from './change-view.ts';
import { fromGlobalId } from './global-id.ts';
import type { ReferenceData } from './reference-data.ts';

export interface ChangeFilter {
  readonly kinds?: readonly string[] | null;
  readonly provinces?: readonly string[] | null;
  readonly systems?: readonly string[] | null;
  readonly sources?: readonly string[] | null;
  readonly operations?: readonly string[] | null;
  readonly causes?: readonly string[] | null;
  readonly attributes?: readonly string[] | null;
  readonly entityIds?: readonly string[] | null;
  readonly since?: Date | null;
  readonly until?: Date | null;
}

/** The filter with codes in place of ids. Throws BAD_USER_INPUT for an unknown code. */
function resolve(filter: ChangeFilter, reference: ReferenceData) {
  return {
    ...filter,
    provinces: filter.provinces && reference.codes('Province', filter.provinces),
    systems: filter.systems && reference.codes('System', filter.systems),
    sources: filter.sources && reference.codes('Source', filter.sources),
    entities: filter.entityIds?.map((id) => {
      const entity = fromGlobalId(id);
      if (!entity) throw new BadUserInputError(`"${id}" is not the id of an entity.`, { value: id });
      return `${entity.type}:${entity.key}`;
    }),
  };
}

const anyOf = (column: string, values: readonly string[]) => sql`${sql.ref(column)} = any(${[...values]}::text[])`;
const overlaps = (column: string, values: readonly string[]) => sql`${sql.ref(column)} && ${[...values]}::text[]`;

/** The filter as conditions over the table `change`. */
export function changeConditions(filter: ChangeFilter, reference: ReferenceData): RawBuilder<unknown>[] {
  const given = resolve(filter, reference);
  const conditions: RawBuilder<unknown>[] = [];
  if (given.kinds) conditions.push(anyOf('kind', given.kinds));
  if (given.provinces) conditions.push(anyOf('province_code', given.provinces));
  if (given.systems) conditions.push(anyOf('system_code', given.systems));
  if (given.sources) conditions.push(overlaps('sources', given.sources));
  if (given.operations) conditions.push(anyOf('operation', given.operations));
  if (given.causes) conditions.push(anyOf('cause', given.causes));
  if (given.attributes) conditions.push(overlaps('attributes', given.attributes));
  if (given.since) conditions.push(sql`at >= ${given.since}::timestamptz`);
  if (given.until) conditions.push(sql`at < ${given.until}::timestamptz`);
  if (given.entities) {
    const pairs = given.entities.map((entity) => fromPair(entity));
    conditions.push(sql`(kind, entity_id) in (select * from unnest(${pairs.map(([kind]) => kind)}::text[],
      ${pairs.map(([, key]) => key)}::text[]))`);
  }
  return conditions;
}

/** The filter as a predicate, for the live feed. */
export function changePredicate(
  filter: ChangeFilter | null | undefined,
  reference: ReferenceData,
): (change: LoggedChange) => boolean {
  if (!filter) return () => true;
  const given = resolve(filter, reference);
  const has = (values: readonly string[] | null | undefined, value: string | null): boolean =>
    !values || (value !== null && values.includes(value));
  const overlap = (values: readonly string[] | null | undefined, of: readonly string[]): boolean =>
    !values || of.some((value) => values.includes(value));
  return (change) =>
    has(given.kinds, change.kind) &&
    has(given.provinces, change.province) &&
    has(given.systems, change.system) &&
    overlap(given.sources, change.sources) &&
    has(given.operations, change.operation) &&
    has(given.causes, change.cause) &&
    overlap(given.attributes, change.attributes) &&
    (!given.since || change.at >= given.since) &&
    (!given.until || change.at < given.until) &&
    has(given.entities, `${typeNameOf(change.kind)}:${change.entityId}`);
}

/** The kind of the log that is shown as a type. */
const KIND_OF_TYPE = new Map(
  [...Object.values(factKinds), ...Object.values(measurementKinds)].map(({ typeName, name }): [string, string] => [
    typeName,
    name,
  ]),
);

/** `Deployment:01:TTHC` as kind and key of the log. */
function fromPair(entity: string): [kind: string, key: string] {
  const colon = entity.indexOf(':');
  return [KIND_OF_TYPE.get(entity.slice(0, colon)) ?? CONFLICT_KIND, entity.slice(colon + 1)];
}
