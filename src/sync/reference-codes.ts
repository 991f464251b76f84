import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { KeyPart } from '../../schema/kinds/fact-kind.ts';

type ReferencePart = Exclude<KeyPart, 'programme'>;

/** The codes that the hub knows, by key part. Programmes have no list: portals name new ones. */
export interface ReferenceCodes extends Readonly<Record<ReferencePart, ReadonlySet<string>>> {
  /** Units, and the province that each counts to; null for one of no province. */
  readonly unit: ReadonlyMap<string, string | null>;
}

/** Reads all reference codes in one statement; there are a hundred or so. */
export async function loadReferenceCodes(em: EntityManager): Promise<ReferenceCodes> {
  const found = await sql<{ part: ReferencePart | 'unit'; code: string; province: string | null }>`
    select 'province' as part, code, null as province from province
    union all select 'system', code, null from system
    union all select 'vendor', code, null from vendor
    union all select 'criterion', id, null from criterion
    union all select 'target', code, null from target
    union all select 'unit', code, province_code from unit`.execute(em.getKysely());
  const of = (part: ReferencePart | 'unit') => found.rows.filter((row) => row.part === part);
  const codes = (part: ReferencePart) => new Set(of(part).map(({ code }) => code));
  return {
    province: codes('province'),
    system: codes('system'),
    vendor: codes('vendor'),
    criterion: codes('criterion'),
    target: codes('target'),
    unit: new Map(of('unit').map(({ code, province }) => [code, province])),
  };
}
