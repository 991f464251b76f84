import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../kit/index.ts';
import { ROW_KINDS } from './contract.ts';

const totalKinds = Object.entries(ROW_KINDS).flatMap(([word, { isTotal }]) => (isTotal ? [word] : []));
const totalRow = z.object({ loai: z.enum(totalKinds), so_don_vi: z.coerce.number().int().nonnegative() });

/**
 * The rows of a week's file, totals included. The totals say how many units the file has: throws a retryable error where
 * there are more or fewer, as in a file that broke off between two lines. That figures add up to the totals is not
 * checked, since in the real ones they do not always.
 */
export function decodeUsage(body: Json): unknown[] {
  const rows = z.array(z.unknown()).parse(body);
  const totals = rows.flatMap((row) => totalRow.safeParse(row).data ?? []);
  const promised = new Map(totals.map(({ loai, so_don_vi }) => [loai, so_don_vi]));
  const expected = [...promised.values()].reduce((sum, count) => sum + count, 0);
  const came = rows.length - totals.length;
  if (promised.size === totalKinds.length && came === expected) return rows;
  throw ConnectorError.of('system', `The week's file is short: it promises ${expected} units and has ${came}.`);
}

/** The first day of the week that a file is of. */
export function weekOf(body: Json): string | undefined {
  const [first] = z.array(z.object({ tu_ngay: z.string() })).safeParse(body).data ?? [];
  return first?.tu_ngay;
}
