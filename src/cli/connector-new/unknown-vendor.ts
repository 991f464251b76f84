import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ConnectorPlan } from './plan.ts';

/** Where the vendors of the reference data stand, from the root of a checkout on. */
const FILE = 'seeds/data/deployments.json';
const reference = z.object({ vendors: z.array(z.object({ id: z.string() })) });

/**
 * What to do where a connector speaks of a vendor that the reference data do not have: its suite passes, and the hub rejects
 * what it says of it. Undefined where the vendor is known, or is not spoken of.
 */
export async function unknownVendorHint(root: string, { vendor, tells }: ConnectorPlan): Promise<string | undefined> {
  if (!tells.some((tell) => tell !== 'links')) return undefined;
  const { vendors } = reference.parse(JSON.parse(await readFile(join(root, FILE), 'utf8')));
  const known = vendors.map(({ id }) => id);
  if (known.includes(vendor)) return undefined;
  return (
    `The reference data have no vendor ${vendor} yet, and the hub rejects what is said of one that it does not know: add it to ` +
    `"vendors" in ${FILE}, or write in mapping.ts one that is there: ${known.join(', ')}.`
  );
}
