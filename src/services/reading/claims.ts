import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { type FactKindName, factKinds } from '../../../schema/kinds/index.ts';
import type { ObservationDetail } from '../../../schema/observation.ts';
import { claimsRelation } from '../../unify/state-relation.ts';
import type { Clocks } from './clocks.ts';
import { type Reading, remembered } from './reading.ts';

export interface ClaimRow {
  entity: string;
  attribute: string;
  value: Json;
  source: string;
  /** The source's own time, also of what it listed again after it was gone. */
  observedAt: Date;
  recordedAt: Date;
  seenAt: Date;
  fresh: boolean;
  chosen: boolean;
  detail: ObservationDetail | null;
}

/**
 * Who says what of an entity, the chosen claim of each attribute first. One statement for all entities of a kind that
 * are asked for. The caller has seen the entity, so its claims are within the rights.
 */
export function claimsOf(reading: Reading, kind: FactKindName, key: string, clocks: Clocks): Promise<ClaimRow[]> {
  const loader = remembered(reading, `claims:${kind}:${clocks.key}`, () => {
    return new DataLoader<string, ClaimRow[]>(async (keys) => {
      const rows = await reading.reader.rows<ClaimRow>(sql`
        select c.entity_id as entity, c.attribute, c.value, c.source_id as source,
          coalesce((c.detail #>> '{returned,observedAt}')::timestamptz, c.observed_at) as "observedAt",
          c.recorded_at as "recordedAt", c.seen_at as "seenAt", c.fresh, c.chosen, c.detail
        from ${claimsRelation(factKinds[kind], [...keys], clocks)} as c
        order by c.entity_id collate "C", c.attribute collate "C", c.chosen desc, c.fresh desc, c.rank, c.observed_at desc,
          c.source_id collate "C"`);
      const claims = new Map(keys.map((wanted): [string, ClaimRow[]] => [wanted, []]));
      for (const row of rows) claims.get(row.entity)?.push(row);
      return keys.map((wanted) => claims.get(wanted) ?? []);
    });
  });
  return loader.load(key);
}
