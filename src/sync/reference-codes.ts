import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { KeyPart } from '../../schema/kinds/fact-kind.ts';

type ReferencePart = Exclude<KeyPart, 'programme'>;

/** The codes that the hub knows, by key part. Programmes have no list: portals name new ones. */
export type ReferenceCodes = Readonly<Record<ReferencePart, ReadonlySet<string>>>;

/** Reads all reference codes in one statement; there are a hundred or so. */
export async function loadReferenceCodes(em: EntityManager): Promise<ReferenceCodes> {
  const found = await sql<{ part: ReferencePart; code: string }>`
    select 'province' as part, code from province
    union all select 'system', code from system
    union all select 'vendor', code from vendor
    union all select 'criterion', id from criterion
    union all select 'target', code from target`.execute(em.getKysely());
  const codes = (part: ReferencePart) => new Set(found.rows.filter((row) => row.part === part).map((row) => row.code));
  return {
    province: codes('province'),
    system: codes('system'),
    vendor: codes('vendor'),
    criterion: codes('criterion'),
    target: codes('target'),
  };
}
