import { factKinds } from '../../../schema/kinds/index.ts';
import { readVendorShares, type VendorShareRow } from '../../database/operations/read/vendor-share.ts';
import { stateRelation } from '../../unify/state-relation.ts';
import type { Clocks } from './clocks.ts';
import { type Reading, remembered, scopeOfKind } from './reading.ts';

export interface VendorShareView extends VendorShareRow {
  readonly share: number;
  readonly clocks: Clocks;
}

/** Who runs what in how many provinces, largest first; of all systems or of one. One statement per request and time. */
export async function vendorShares(
  reading: Reading,
  system: string | null,
  clocks: Clocks,
): Promise<VendorShareView[]> {
  const all = await remembered(reading, `shares:${clocks.key}`, async () => {
    const kind = factKinds.deployment;
    return readVendorShares(reading.reader, stateRelation(kind, clocks), scopeOfKind(reading.rights, kind));
  });
  return all
    .filter((row) => system === null || row.system === system)
    .map((row) => ({ ...row, share: row.count / row.total, clocks }));
}
