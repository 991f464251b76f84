import DataLoader from 'dataloader';
import { type RawBuilder, sql } from 'kysely';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import { allOf } from '../../database/operations/read/keyset-page.ts';
import { type ClaimRow, claimsOf } from './claims.ts';
import { NOW } from './clocks.ts';
import type { FactView } from './fact-view.ts';
import { toGlobalId } from './global-id.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import { maySee, type Reading, remembered, scopeCondition } from './reading.ts';
import type { View } from './views.ts';

export interface ConflictRow {
  id: string;
  kind: FactKindName;
  entity: string;
  attribute: string;
  province: string | null;
  system: string | null;
  claims: Record<string, Json>;
  openedAt: Date | null;
  updatedAt: Date | null;
  closedAt: Date | null;
}

export interface ConflictView
  extends View<'Conflict'>,
    Omit<ConflictRow, 'id' | 'claims' | 'entity' | 'province' | 'system'> {
  readonly key: string;
  readonly entityKey: string;
  readonly provinceCode: string | null;
  readonly systemCode: string | null;
  readonly state: 'OPEN' | 'CLOSED';
  readonly claims: readonly ConflictClaimView[];
}
export interface ConflictClaimView {
  readonly sourceCode: string;
  readonly value: Json;
  readonly conflict: Pick<ConflictView, 'kind' | 'entityKey' | 'attribute' | 'clocks'>;
}

const columns = sql`c.id, c.kind, c.entity_id as entity, c.attribute, c.province_code as province, c.system_code as system,
  c.claims, c.opened_at as "openedAt", c.updated_at as "updatedAt", c.closed_at as "closedAt"`;

export function toConflictView(row: ConflictRow, clocks = NOW): ConflictView {
  const { id, entity, province, system, claims, ...rest } = row;
  const of = { kind: row.kind, entityKey: entity, attribute: row.attribute, clocks };
  return {
    ...rest,
    __typename: 'Conflict',
    id: toGlobalId('Conflict', id),
    key: id,
    clocks,
    entityKey: entity,
    provinceCode: province,
    systemCode: system,
    state: row.closedAt ? 'CLOSED' : 'OPEN',
    claims: Object.entries(claims).map(([sourceCode, value]) => ({ sourceCode, value, conflict: of })),
  };
}

export interface ConflictFilter {
  readonly state?: string | null;
  readonly kinds?: readonly string[] | null;
  readonly provinces?: readonly string[] | null;
  readonly systems?: readonly string[] | null;
  readonly attributes?: readonly string[] | null;
  readonly sources?: readonly string[] | null;
}

function conditionsOf(reading: Reading, filter: ConflictFilter): RawBuilder<unknown>[] {
  const { reference } = reading;
  const conditions: RawBuilder<unknown>[] = [];
  if (filter.state) conditions.push(sql`(c.closed_at is null) = ${filter.state === 'OPEN'}::boolean`);
  if (filter.kinds) conditions.push(sql`c.kind = any(${[...filter.kinds]}::text[])`);
  if (filter.provinces)
    conditions.push(sql`c.province_code = any(${reference.codes('Province', filter.provinces)}::text[])`);
  if (filter.systems) conditions.push(sql`c.system_code = any(${reference.codes('System', filter.systems)}::text[])`);
  if (filter.attributes) conditions.push(sql`c.attribute = any(${[...filter.attributes]}::text[])`);
  if (filter.sources)
    conditions.push(sql`jsonb_exists_any(c.claims, ${reference.codes('Source', filter.sources)}::text[])`);
  return conditions;
}

/** The same filter over a conflict in memory, for the live feed. */
export function conflictPredicate(
  filter: ConflictFilter,
  reference: Reading['reference'],
): (row: ConflictRow) => boolean {
  const provinces = filter.provinces && reference.codes('Province', filter.provinces);
  const systems = filter.systems && reference.codes('System', filter.systems);
  const sources = filter.sources && reference.codes('Source', filter.sources);
  return (row) =>
    (!filter.state || filter.state === (row.closedAt ? 'CLOSED' : 'OPEN')) &&
    (!filter.kinds || filter.kinds.includes(row.kind)) &&
    (!provinces || (row.province !== null && provinces.includes(row.province))) &&
    (!systems || (row.system !== null && systems.includes(row.system))) &&
    (!filter.attributes || filter.attributes.includes(row.attribute)) &&
    (!sources || sources.some((source) => Object.hasOwn(row.claims, source)));
}

const micros = (column: RawBuilder<unknown>) => ({
  expression: sql`extract(epoch from ${column}) * 1000000`,
  as: 'bigint' as const,
});

/** Conflicts, open ones and closed ones; newest first unless ordered otherwise. */
export function pageOfConflicts(
  reading: Reading,
  args: PageArguments & { filter?: ConflictFilter | null; orderBy?: readonly string[] | null },
): Promise<Page<ConflictView>> {
  return pageOf<ConflictRow, ConflictView>(
    reading.reader,
    {
      columns,
      from: sql`conflict c`,
      where: [
        ...scopeCondition(reading.rights, sql`c.province_code`, true),
        ...conditionsOf(reading, args.filter ?? {}),
      ],
      fields: {
        OPENED_AT: micros(sql`c.opened_at`),
        UPDATED_AT: micros(sql`c.updated_at`),
        PROVINCE: { expression: sql`coalesce(c.province_code, '')`, as: 'text' },
      },
      tie: { expression: sql`c.id`, as: 'text', descending: false },
    },
    { ...args, orderBy: args.orderBy ?? ['OPENED_AT_DESC'] },
    (row) => toConflictView(row),
  );
}

/** All conflicts that the filter leaves and the caller may see, by id. */
export async function readConflicts(reading: Reading, filter: ConflictFilter): Promise<ConflictView[]> {
  const where = [...scopeCondition(reading.rights, sql`c.province_code`, true), ...conditionsOf(reading, filter)];
  const rows = await reading.reader.rows<ConflictRow>(
    sql`select ${columns} from conflict c where ${allOf(where)} order by c.id collate "C"`,
  );
  return rows.map((row) => toConflictView(row));
}

/** The conflict of that id that the caller may see, or null. */
export async function conflictByKey(reading: Reading, key: string): Promise<ConflictView | null> {
  const [row] = await reading.reader.rows<ConflictRow>(sql`select ${columns} from conflict c where c.id = ${key}`);
  return row && maySee(reading.rights, row.province) ? toConflictView(row) : null;
}

/** What the sources disagree on about an entity, at the times that it was read at. */
export async function conflictsOf(reading: Reading, view: FactView): Promise<ConflictView[]> {
  if (view.conflicted.length === 0) return [];
  if (view.clocks !== NOW) return pastConflicts(view, await claimsOf(reading, view.kind, view.key, view.clocks));
  const loader = remembered(reading, `conflicts:${view.kind}`, () => {
    return new DataLoader<string, ConflictView[]>(async (keys) => {
      const rows = await reading.reader.rows<ConflictRow>(sql`
        select ${columns} from conflict c
        where c.closed_at is null and c.kind = ${view.kind} and c.entity_id = any(${[...keys]}::text[])
        order by c.attribute collate "C"`);
      return keys.map((key) => rows.filter((row) => row.entity === key).map((row) => toConflictView(row)));
    });
  });
  return loader.load(view.key);
}

/** The conflicts that are open about a province. One statement for all provinces that are asked for. */
export function openConflictsOfProvince(reading: Reading, province: string): Promise<ConflictView[]> {
  const loader = remembered(reading, 'openConflicts', () => {
    return new DataLoader<string, ConflictView[]>(async (provinces) => {
      const found = await readConflicts(reading, { state: 'OPEN', provinces });
      return provinces.map((code) => found.filter((conflict) => conflict.provinceCode === code));
    });
  });
  return loader.load(province);
}

/** The table tells of the hub's own time only; what was in conflict at another is worked out from the claims of then. */
function pastConflicts(view: FactView, claims: readonly ClaimRow[]): ConflictView[] {
  return view.conflicted.map((attribute) => {
    const voices = claims.filter((claim) => claim.attribute === attribute && claim.fresh && !claim.detail?.correction);
    const row: ConflictRow = {
      id: `${view.kind}:${view.key}:${attribute}`,
      kind: view.kind,
      entity: view.key,
      attribute,
      province: view.keys.province ?? null,
      system: view.keys.system ?? null,
      claims: Object.fromEntries(voices.map((claim) => [claim.source, claim.value])),
      openedAt: null,
      updatedAt: null,
      closedAt: null,
    };
    return toConflictView(row, view.clocks);
  });
}

/** When the source said what stands in the conflict, and whether the entity shows it; null where it says so no longer. */
export async function claimBehind(reading: Reading, claim: ConflictClaimView): Promise<ClaimRow | null> {
  const { kind, entityKey, attribute, clocks } = claim.conflict;
  const claims = await claimsOf(reading, kind, entityKey, clocks);
  const wanted = JSON.stringify(claim.value);
  const isIt = (row: ClaimRow): boolean =>
    row.attribute === attribute && row.source === claim.sourceCode && JSON.stringify(row.value) === wanted;
  return claims.find(isIt) ?? null;
}
