import { type RawBuilder, sql } from 'kysely';
import { type Json, keyOf } from '../../../schema/kinds/fact-kind.ts';
import { factKinds, findFactKind } from '../../../schema/kinds/index.ts';
import { NOW } from './clocks.ts';
import { toGlobalId } from './global-id.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import { maySee, type Reading, scopeCondition } from './reading.ts';
import type { View } from './views.ts';

interface CorrectionRow {
  key: string;
  kind: string;
  entityKey: string;
  attributes: Json;
  reason: string;
  madeBy: string;
  madeAt: Date;
  withdrawnAt: Date | null;
  withdrawnBy: string | null;
  withdrawnReason: string | null;
}
export type CorrectionView = View<'Correction'> & Readonly<CorrectionRow>;

export interface CorrectionFilter {
  readonly kinds?: readonly string[] | null;
  readonly provinces?: readonly string[] | null;
  readonly inForce?: boolean | null;
}

const columns = sql`c.id as key, c.kind, c.entity_id as "entityKey", c.attributes, c.reason, c.made_by as "madeBy",
  c.made_at as "madeAt", c.withdrawn_at as "withdrawnAt", c.withdrawn_by as "withdrawnBy",
  c.withdrawn_reason as "withdrawnReason"`;

const OF_PROVINCES = Object.values(factKinds)
  .filter((kind) => kind.key[0] === 'province')
  .map((kind) => kind.name);

/** The province stands first in the key, for the kinds that have one. */
const province = sql`case when c.kind = any(${OF_PROVINCES}::text[]) then split_part(c.entity_id, ':', 1) end`;

function toView(row: CorrectionRow): CorrectionView {
  return { ...row, __typename: 'Correction', id: toGlobalId('Correction', row.key), clocks: NOW };
}

/** What operators corrected, newest first. */
export function pageOfCorrections(
  reading: Reading,
  args: PageArguments & { filter?: CorrectionFilter | null },
): Promise<Page<CorrectionView>> {
  const filter = args.filter ?? {};
  const where: RawBuilder<unknown>[] = scopeCondition(reading.rights, province, true);
  if (filter.kinds) where.push(sql`c.kind = any(${[...filter.kinds]}::text[])`);
  if (filter.provinces)
    where.push(sql`${province} = any(${reading.reference.codes('Province', filter.provinces)}::text[])`);
  if (filter.inForce != null) where.push(sql`(c.withdrawn_at is null) = ${filter.inForce}::boolean`);
  return pageOf<CorrectionRow, CorrectionView>(
    reading.reader,
    {
      columns,
      from: sql`correction c`,
      where,
      fields: { MADE_AT: { expression: sql`extract(epoch from c.made_at) * 1000000`, as: 'bigint' } },
      tie: { expression: sql`c.id`, as: 'text', descending: false },
    },
    { ...args, orderBy: ['MADE_AT_DESC'] },
    toView,
  );
}

/** The correction of that id that the caller may see, or null. */
export async function correctionByKey(reading: Reading, key: string): Promise<CorrectionView | null> {
  const [row] = await reading.reader.rows<CorrectionRow>(sql`select ${columns} from correction c where c.id = ${key}`);
  if (!row) return null;
  const kind = findFactKind(row.kind);
  return maySee(reading.rights, kind && keyOf(kind, row.entityKey).province) ? toView(row) : null;
}
