import DataLoader from 'dataloader';
import { type RawBuilder, sql } from 'kysely';
import { isStorableText } from '../../../schema/kinds/storable-json.ts';
import { isBeginningOfDay } from '../../../schema/measurement-id.ts';
import {
  chosenDossiers,
  countDossiers,
  type DossierDayRow,
  type DossierRow,
  dossierColumns,
  readDossierDays,
} from '../../database/operations/read/dossiers.ts';
import { BadUserInputError } from '../../errors/index.ts';
import { type Clocks, NOW } from './clocks.ts';
import { toGlobalId } from './global-id.ts';
import { type MeasuredView, toMeasuredView } from './measured.ts';
import { type Page, type PageArguments, pageOf } from './paging.ts';
import { maySee, type Reading, remembered, scopeCondition } from './reading.ts';
import type { View } from './views.ts';

export interface DossierDayFilter {
  readonly provinces?: readonly string[] | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

export interface DossierFilter extends DossierDayFilter {
  readonly communes?: readonly string[] | null;
  readonly procedures?: readonly string[] | null;
}

export type DossierView = Omit<DossierRow, 'source' | 'run' | 'commune'> &
  MeasuredView & { readonly commune: string | null };

/** Conditions on province and day that leave what the filter asks for and the caller may see, over `m`. */
export function dayConditions({ reference, rights }: Reading, filter: DossierDayFilter): RawBuilder<unknown>[] {
  const where = scopeCondition(rights, sql`m.province_code`);
  if (filter.provinces)
    where.push(sql`m.province_code = any(${reference.codes('Province', filter.provinces)}::text[])`);
  if (filter.from) where.push(sql`m.day >= ${filter.from}::timestamptz`);
  if (filter.to) where.push(sql`m.day + interval '1 day' <= ${filter.to}::timestamptz`);
  return where;
}

/** Conditions on commune and procedure, over `m`. */
export function withinConditions(filter: DossierFilter): RawBuilder<unknown>[] {
  const where: RawBuilder<unknown>[] = [];
  for (const name of ['communes', 'procedures'] as const) {
    const codes = filter[name];
    if (!codes) continue;
    const wrong = codes.find((code) => !isStorableText(code));
    if (wrong !== undefined) {
      throw new BadUserInputError(`${JSON.stringify(wrong)} in "${name}" has characters that no code has.`);
    }
    where.push(sql`${sql.ref(COLUMNS[name])} = any(${[...codes]}::text[])`);
  }
  return where;
}

const COLUMNS = { communes: 'm.commune_code', procedures: 'm.procedure_code' } as const;

/** The order of the primary key, so that a page is read from the index and not sorted out of millions. */
const KEY_ORDER = ['PROVINCE_ASC', 'COMMUNE_ASC', 'PROCEDURE_ASC'];

/** Dossiers by commune, procedure and day. */
export function pageOfDossiers(
  reading: Reading,
  args: PageArguments & { filter?: DossierFilter | null; orderBy?: readonly string[] | null },
  clocks: Clocks,
): Promise<Page<DossierView>> {
  const filter = args.filter ?? {};
  const asked = [...dayConditions(reading, filter), ...withinConditions(filter)];
  const given = args.orderBy ?? [];
  const fieldOf = (name: string) => name.replace(/_(ASC|DESC)$/, '');
  const rest = KEY_ORDER.filter((name) => !given.some((other) => fieldOf(other) === fieldOf(name)));
  const page = pageOf<DossierRow, DossierView>(
    reading.reader,
    {
      columns: dossierColumns,
      from: sql`dossier_statistics m`,
      where: [...asked, ...chosenDossiers(clocks)],
      fields: {
        PROVINCE: { expression: sql`m.province_code`, as: 'text' },
        COMMUNE: { expression: sql`m.commune_code`, as: 'text' },
        PROCEDURE: { expression: sql`m.procedure_code`, as: 'text' },
        DAY,
        RECEIVED: { expression: sql`m.received`, as: 'bigint' },
        OVERDUE: { expression: sql`m.overdue`, as: 'bigint' },
      },
      tie: { ...DAY, descending: false },
    },
    { ...args, orderBy: [...given, ...rest] },
    (row) => {
      const view = toMeasuredView('dossierStatistics', row, clocks);
      return { ...view, commune: row.commune || null };
    },
  );
  return page.then((found) => ({ ...found, totalCount: () => countDossiers(reading.reader, clocks, asked) }));
}
const DAY = { expression: sql`extract(epoch from m.day) * 1000000`, as: 'bigint' as const };

/** A province and day, added up; the entity of the log that dossiers belong to. */
export interface DossierDayView extends View<'DossierDay'>, Omit<DossierDayRow, 'id' | 'source' | 'province'> {
  readonly key: string;
  readonly codes: { readonly province: string; readonly source: string };
}

export function toDossierDayView({ id, province, source, ...rest }: DossierDayRow): DossierDayView {
  const codes = { province, source };
  return { ...rest, __typename: 'DossierDay', id: toGlobalId('DossierDay', id), key: id, codes, clocks: NOW };
}

export async function readDays(reading: Reading, filter: DossierDayFilter | null): Promise<DossierDayView[]> {
  const rows = await readDossierDays(reading.reader, dayConditions(reading, filter ?? {}));
  return rows.map(toDossierDayView);
}

/** Province and day of a key such as `01:2025-06-27`; null for a text that is none. */
export function partsOfDayKey(key: string): { province: string; day: Date } | null {
  const [, province, date] = /^([\w.-]+):(\d{4}-\d{2}-\d{2})$/.exec(key) ?? [];
  if (province === undefined || date === undefined) return null;
  const day = new Date(`${date}T00:00:00+07:00`);
  return !Number.isNaN(day.getTime()) && isBeginningOfDay(day) ? { province, day } : null;
}

/** The day of that key, or null where there is none that the caller may see. One statement for all that are asked for. */
export function dossierDayByKey(reading: Reading, key: string): Promise<DossierDayView | null> {
  const loader = remembered(reading, 'dossierDay', () => {
    return new DataLoader<string, DossierDayView | null>(async (keys) => {
      const parts = keys.flatMap((wanted) => partsOfDayKey(wanted) ?? []);
      const seen = parts.filter(({ province }) => maySee(reading.rights, province));
      const where = sql`(m.province_code, m.day) in (select * from unnest(
        ${seen.map(({ province }) => province)}::text[], ${seen.map(({ day }) => day.toISOString())}::timestamptz[]))`;
      const rows = seen.length === 0 ? [] : await readDossierDays(reading.reader, [where]);
      const byId = new Map(rows.map((row) => [row.id, toDossierDayView(row)]));
      return keys.map((wanted) => byId.get(wanted) ?? null);
    });
  });
  return loader.load(key);
}
