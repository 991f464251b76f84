import DataLoader from 'dataloader';
import { type RawBuilder, sql } from 'kysely';
import { type FactKindName, factKinds } from '../../../schema/kinds/index.ts';
import { allOf } from '../../database/operations/read/keyset-page.ts';
import { stateRelation } from '../../unify/state-relation.ts';
import type { Clocks } from './clocks.ts';
import { type FactFilter, filterConditions } from './fact-filter.ts';
import { type FactRow, type FactView, toFactView } from './fact-view.ts';
import { type Page, type PageArguments, pageOf, type SortFields } from './paging.ts';
import { type Reading, remembered, scopeOfKind } from './reading.ts';

const factColumns = sql`s.id, s.attributes, s.conflicted, s.stale_since, s.updated_at`;

const text = (expression: RawBuilder<unknown>) => ({ expression, as: 'text' as const });
const number = (expression: RawBuilder<unknown>) => ({ expression, as: 'bigint' as const });
/** Microseconds, which is how exact the column is. */
const updatedAt = number(sql`extract(epoch from s.updated_at) * 1000000`);
const province = text(sql`s.province_code`);

/** What each kind can be ordered by: the fields of its order enum. */
const SORT_FIELDS: Readonly<Record<FactKindName, SortFields>> = {
  deployment: {
    PROVINCE: province,
    SYSTEM: text(sql`s.system_code`),
    STATUS: text(sql`coalesce(s.status, '')`),
    UPDATED_AT: updatedAt,
  },
  readiness: {
    PROVINCE: province,
    CRITERION: text(sql`s.criterion_id`),
    COMPLETED: number(sql`coalesce(s.completed::int, -1)`),
    UPDATED_AT: updatedAt,
  },
  link: {
    PROVINCE: province,
    TARGET: text(sql`s.target_code`),
    STATE: text(sql`coalesce(s.state, '')`),
    LATENCY: number(sql`coalesce(s.latency_ms, -1)`),
    UPDATED_AT: updatedAt,
  },
  serviceCoverage: {
    PROVINCE: province,
    PROGRAMME: text(sql`s.programme`),
    OFFERED: number(sql`coalesce(s.offered, -1)`),
    UPDATED_AT: updatedAt,
  },
  vendorCount: {
    SYSTEM: text(sql`s.system_code`),
    VENDOR: text(sql`s.vendor_code`),
    COUNT: number(sql`coalesce(s.count, -1)`),
  },
  criterionCount: { CRITERION: text(sql`s.criterion_id`), COUNT: number(sql`coalesce(s.completed_count, -1)`) },
};

/** The state of a kind at the clocks, to select from. */
const stateOf = (name: FactKindName, clocks: Clocks): RawBuilder<unknown> => stateRelation(factKinds[name], clocks);

/** Conditions that leave what the filter asks for and the caller may see. */
export function factConditions(
  reading: Reading,
  name: FactKindName,
  filter?: FactFilter | null,
): RawBuilder<unknown>[] {
  return [...scopeOfKind(reading.rights, factKinds[name]), ...filterConditions(name, filter, reading.reference)];
}

/** One page of the entities of a kind. */
export function pageOfFacts(
  reading: Reading,
  name: FactKindName,
  args: PageArguments & { filter?: FactFilter | null; orderBy?: readonly string[] | null },
  clocks: Clocks,
): Promise<Page<FactView>> {
  const kind = factKinds[name];
  return pageOf<FactRow, FactView>(
    reading.reader,
    {
      columns: factColumns,
      from: sql`${stateOf(name, clocks)} as s`,
      where: factConditions(reading, name, args.filter),
      fields: SORT_FIELDS[name],
      tie: { expression: sql`s.id`, as: 'text', descending: false },
    },
    args,
    (row) => toFactView(kind, row, clocks),
  );
}

/** The entity of that key, or null where there is none that the caller may see. One statement for all that are asked for. */
export function factByKey(reading: Reading, name: FactKindName, key: string, clocks: Clocks): Promise<FactView | null> {
  const loader = remembered(reading, `fact:${name}:${clocks.key}`, () => {
    return new DataLoader<string, FactView | null>(async (keys) => {
      const where = [sql`s.id = any(${[...keys]}::text[])`, ...factConditions(reading, name)];
      const found = await readFacts(reading, name, clocks, where);
      const byKey = new Map(found.map((view) => [view.key, view]));
      return keys.map((wanted) => byKey.get(wanted) ?? null);
    });
  });
  return loader.load(key);
}

/** By which part of the key the children of a parent are found. */
export type ParentPart = 'province' | 'system' | 'criterion' | 'target' | 'vendor';

interface Parentage {
  readonly condition: (codes: string[]) => RawBuilder<unknown>;
  readonly parentsOf: (view: FactView) => readonly string[];
}

function byKey(part: ParentPart, column: string): Parentage {
  return {
    condition: (codes) => sql`${sql.ref(`s.${column}`)} = any(${codes}::text[])`,
    parentsOf: (view) => [view.keys[part] as string],
  };
}
const PARENTAGES: Readonly<Record<ParentPart, Parentage>> = {
  province: byKey('province', 'province_code'),
  system: byKey('system', 'system_code'),
  criterion: byKey('criterion', 'criterion_id'),
  target: byKey('target', 'target_code'),
  vendor: byKey('vendor', 'vendor_code'),
};
/** A deployment has several vendors, so it is a child of each. */
const VENDORS_OF_DEPLOYMENT: Parentage = {
  condition: (codes) => sql`s.vendor_codes && ${codes}::text[]`,
  parentsOf: (view) => view.attributes.vendors as string[],
};

/** The entities of a kind under one parent, by key; one statement for all parents that are asked for with that filter. */
export function factsOf(
  reading: Reading,
  name: FactKindName,
  parent: { part: ParentPart; code: string },
  clocks: Clocks,
  filter?: FactFilter | null,
): Promise<readonly FactView[]> {
  const place = `facts:${name}:${parent.part}:${clocks.key}:${JSON.stringify(filter ?? null)}`;
  const loader = remembered(reading, place, () => {
    const isVendorOfDeployment = name === 'deployment' && parent.part === 'vendor';
    const { condition, parentsOf } = isVendorOfDeployment ? VENDORS_OF_DEPLOYMENT : PARENTAGES[parent.part];
    return new DataLoader<string, readonly FactView[]>(async (codes) => {
      const where = [condition([...codes]), ...factConditions(reading, name, filter)];
      const children = new Map(codes.map((code): [string, FactView[]] => [code, []]));
      for (const view of await readFacts(reading, name, clocks, where)) {
        for (const code of parentsOf(view)) children.get(code)?.push(view);
      }
      return codes.map((code) => children.get(code) ?? []);
    });
  });
  return loader.load(parent.code);
}

/** The entities of a kind that the conditions leave, by key. */
export async function readFacts(
  reading: Reading,
  name: FactKindName,
  clocks: Clocks,
  where: readonly RawBuilder<unknown>[],
): Promise<FactView[]> {
  const rows = await reading.reader.rows<FactRow>(sql`
    select ${factColumns} from ${stateOf(name, clocks)} as s where ${allOf(where)} order by s.id collate "C"`);
  return rows.map((row) => toFactView(factKinds[name], row, clocks));
}
