import { type RawBuilder, sql } from 'kysely';
import { allOf } from './keyset-page.ts';
import type { Reader } from './reader.ts';

export interface VendorShareRow {
  system: string;
  vendor: string;
  count: number;
  total: number;
}

/** For each system and vendor: in how many provinces, of those whose vendor is known. Largest first. */
export function readVendorShares(
  reader: Reader,
  deployments: RawBuilder<unknown>,
  where: readonly RawBuilder<unknown>[],
): Promise<VendorShareRow[]> {
  return reader.rows<VendorShareRow>(sql`
    with known as (
      select s.system_code, s.vendor_codes from ${deployments} as s
      where ${allOf([sql`cardinality(s.vendor_codes) > 0`, ...where])}
    ), totals as (select system_code, count(*)::int as total from known group by system_code)
    select k.system_code as system, v.vendor, count(*)::int as count, min(t.total) as total
    from known k cross join lateral unnest(k.vendor_codes) as v(vendor) join totals t using (system_code)
    group by k.system_code, v.vendor
    order by k.system_code, count desc, v.vendor`);
}
