import { type RawBuilder, sql } from 'kysely';
import { allOf } from './keyset-page.ts';
import type { Reader } from './reader.ts';

/** What is known of one criterion over the provinces that the conditions leave. */
export interface CriterionSummaryRow {
  criterion: string;
  completed: string[];
  notCompleted: string[];
}

/** For each criterion of which anybody has said anything: which provinces have completed it and which have not. */
export function readCriterionSummaries(
  reader: Reader,
  readiness: RawBuilder<unknown>,
  where: readonly RawBuilder<unknown>[],
): Promise<CriterionSummaryRow[]> {
  return reader.rows<CriterionSummaryRow>(sql`
    select s.criterion_id as criterion,
      coalesce(array_agg(s.province_code order by s.province_code) filter (where s.completed), '{}') as completed,
      coalesce(array_agg(s.province_code order by s.province_code) filter (where not s.completed), '{}') as "notCompleted"
    from ${readiness} as s
    where ${allOf([sql`s.completed is not null`, ...where])}
    group by s.criterion_id`);
}
