import { sql } from 'kysely';
import {
  type DossierGroupColumn,
  type DossierTotalRow,
  dossierTotals,
} from '../../database/operations/read/dossier-totals.ts';
import type { Clocks } from './clocks.ts';
import { type DossierFilter, dayConditions, withinConditions } from './dossiers.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import type { Reading } from './reading.ts';

export interface DossierTotalView extends DossierTotalRow {
  readonly clocks: Clocks;
}

const sum = (name: string) => ({ expression: sql`s.${sql.ref(name)}`, as: 'bigint' as const });

/** Dossiers added up by what is asked to group by; one statement, and one for the count where that is asked for. */
export function pageOfDossierTotals(
  reading: Reading,
  args: PageArguments & {
    groupBy: readonly string[];
    filter?: DossierFilter | null;
    orderBy?: readonly string[] | null;
  },
  clocks: Clocks,
): Promise<Page<DossierTotalView>> {
  const filter = args.filter ?? {};
  const groupBy = [...new Set(args.groupBy)].map((group) => group.toLowerCase() as DossierGroupColumn);
  const totals = dossierTotals({
    groupBy,
    clocks,
    where: dayConditions(reading, filter),
    within: withinConditions(filter),
    ofCommunes: groupBy.includes('commune') || Boolean(filter.communes),
  });
  return pageOf<DossierTotalRow, DossierTotalView>(
    reading.reader,
    {
      columns: sql`s.*`,
      from: sql`${totals} as s`,
      where: [],
      fields: {
        PROVINCE: { expression: sql`coalesce(s.province, '')`, as: 'text' },
        DAY: { expression: sql`coalesce(extract(epoch from s.day) * 1000000, 0)`, as: 'bigint' },
        RECEIVED: sum('received'),
        ONLINE: sum('online'),
        ON_TIME: sum('onTime'),
        OVERDUE: sum('overdue'),
      },
      tie: { expression: sql`s.id`, as: 'text', descending: false },
    },
    args,
    (row) => ({ ...row, clocks }),
  );
}
