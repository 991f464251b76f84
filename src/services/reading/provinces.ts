import { BadUserInputError } from '../../errors/index.ts';
import type { Clocks } from './clocks.ts';
import { provincesWhere, visibleProvinces } from './criteria.ts';
import { factsOf } from './facts.ts';
import { type Page, type PageArguments, pageOfArray } from './paging.ts';
import type { Reading } from './reading.ts';
import type { ProvinceView } from './views.ts';

export interface ProvinceFilter {
  readonly codes?: readonly string[] | null;
  readonly kind?: string | null;
  readonly search?: string | null;
  readonly completed?: readonly string[] | null;
  readonly notCompleted?: readonly string[] | null;
  readonly vendors?: readonly string[] | null;
}

const vietnamese = new Intl.Collator('vi');
const ORDERS: Readonly<Record<string, (a: ProvinceView, b: ProvinceView) => number>> = {
  CODE: (a, b) => (a.code < b.code ? -1 : 1),
  NAME: (a, b) => vietnamese.compare(a.name, b.name),
  COMMUNE_COUNT: (a, b) => a.communeCount - b.communeCount,
};

/** Letters without their marks, so that "Ha Noi" finds "Hà Nội". */
const plain = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase();

/** The provinces that the caller may see and the filter leaves; all of them in memory, there are 34. */
export async function pageOfProvinces(
  reading: Reading,
  args: PageArguments & { filter?: ProvinceFilter | null; orderBy?: readonly string[] | null },
  clocks: Clocks,
): Promise<Page<ProvinceView>> {
  const filter = args.filter ?? {};
  const codes = filter.codes && reading.reference.codes('Province', filter.codes);
  const [byCriteria, byVendor] = await Promise.all([
    provincesWhere(reading, filter, clocks),
    withVendor(reading, filter.vendors, clocks),
  ]);
  const search = filter.search ? plain(filter.search) : null;
  const left = visibleProvinces(reading, clocks).filter(
    (province) =>
      (!codes || codes.includes(province.code)) &&
      (!filter.kind || province.kind === filter.kind) &&
      (!search || [province.name, ...province.formerProvinces].some((name) => plain(name).includes(search))) &&
      byCriteria(province.code) &&
      byVendor(province.code),
  );
  const names = args.orderBy ?? [];
  const compare = names.map((name) => comparison(name));
  left.sort((a, b) => compare.reduce((order, by) => order || by(a, b), 0));
  return pageOfArray(left, args, (province) => province.code, names.join(','));
}

/** Whether a province has any system that one of the vendors runs. */
async function withVendor(
  reading: Reading,
  vendors: readonly string[] | null | undefined,
  clocks: Clocks,
): Promise<(code: string) => boolean> {
  if (!vendors) return () => true;
  const codes = reading.reference.codes('Vendor', vendors);
  const run = await Promise.all(codes.map((code) => factsOf(reading, 'deployment', { part: 'vendor', code }, clocks)));
  const provinces = new Set(run.flat().map((deployment) => deployment.keys.province));
  return (code) => provinces.has(code);
}

function comparison(name: string): (a: ProvinceView, b: ProvinceView) => number {
  const [, field = '', direction] = /^(\w+)_(ASC|DESC)$/.exec(name) ?? [];
  const by = ORDERS[field];
  if (!by) throw new BadUserInputError(`Cannot order by ${name}.`);
  return direction === 'DESC' ? (a, b) => by(b, a) : by;
}
