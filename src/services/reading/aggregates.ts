import { type RawBuilder, sql } from 'kysely';
import { type FactKindName, factKinds } from '../../../schema/kinds/index.ts';
import { allOf } from '../../database/operations/read/keyset-page.ts';
import { stateRelation } from '../../unify/state-relation.ts';
import type { Clocks } from './clocks.ts';
import type { FactFilter } from './fact-filter.ts';
import { factConditions } from './facts.ts';
import type { Reading } from './reading.ts';

/** A group: a code (or null) for each thing that was grouped by, and the counts. */
export interface AggregateRow {
  readonly province?: string | null;
  readonly system?: string | null;
  readonly vendor?: string | null;
  readonly criterion?: string | null;
  readonly target?: string | null;
  readonly status?: string | null;
  readonly state?: string | null;
  readonly count: number;
  readonly clocks: Clocks;
}

/** What each kind can be grouped by, and what is counted of it. */
const AGGREGATES = {
  deployment: {
    from: (relation: RawBuilder<unknown>, grouped: ReadonlySet<string>) =>
      grouped.has('VENDOR')
        ? sql`${relation} as s left join lateral unnest(s.vendor_codes) as v(code) on true`
        : sql`${relation} as s`,
    groups: {
      PROVINCE: sql`s.province_code`,
      SYSTEM: sql`s.system_code`,
      VENDOR: sql`v.code`,
      STATUS: sql`s.status`,
    },
    counts: sql`(count(*) filter (where s.difficulty is not null))::int as "difficultyCount"`,
  },
  readiness: {
    from: (relation: RawBuilder<unknown>) => sql`${relation} as s join criterion c on c.id = s.criterion_id`,
    groups: {
      PROVINCE: sql`s.province_code`,
      CRITERION: sql`s.criterion_id`,
      SYSTEM: sql`c.system_code`,
    },
    counts: sql`(count(*) filter (where s.completed))::int as "completedCount",
      (count(*) filter (where not s.completed))::int as "notCompletedCount",
      (count(*) filter (where jsonb_typeof(s.difficulties) = 'array' and s.difficulties <> '[]'))::int as "difficultyCount"`,
  },
  link: {
    from: (relation: RawBuilder<unknown>) => sql`${relation} as s`,
    groups: { PROVINCE: sql`s.province_code`, TARGET: sql`s.target_code`, STATE: sql`s.state` },
    counts: sql`max(s.latency_ms) as "maxLatencyMs"`,
  },
} satisfies Partial<Record<FactKindName, unknown>>;

export type AggregatedKind = keyof typeof AGGREGATES;

/** Counts of the entities of a kind by what is asked to group by; one statement, however many rows there are. */
export async function aggregate(
  reading: Reading,
  name: AggregatedKind,
  args: { groupBy: readonly string[]; filter?: FactFilter | null },
  clocks: Clocks,
): Promise<AggregateRow[]> {
  const { from, groups, counts } = AGGREGATES[name];
  const wanted = [...new Set(args.groupBy)];
  const columns = wanted.map((group) => ({
    name: group.toLowerCase(),
    expression: (groups as Readonly<Record<string, RawBuilder<unknown>>>)[group] as RawBuilder<unknown>,
  }));
  const selected = columns.map((column) => sql`${column.expression} as ${sql.ref(column.name)},`);
  const positions = sql.raw(columns.map((_, index) => index + 1).join(', '));
  const grouping = columns.length > 0 ? sql`group by ${positions} order by ${positions}` : sql``;
  const rows = await reading.reader.rows<Omit<AggregateRow, 'clocks'>>(sql`
    select ${sql.join(selected, sql` `)} count(*)::int as count,
      (count(*) filter (where cardinality(s.conflicted) > 0))::int as "conflictedCount",
      (count(*) filter (where s.stale_since is not null))::int as "staleCount", ${counts}
    from ${from(stateRelation(factKinds[name], clocks), new Set(wanted))}
    where ${allOf(factConditions(reading, name, args.filter))}
    ${grouping}`);
  return rows.map((row) => ({ ...row, clocks }));
}
