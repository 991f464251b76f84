import { loadProvinces, type ProvinceFact } from '../facts.ts';
import { chance } from './chance.ts';
import { HOUR_MS, momentOn } from './moments.ts';

/** The services of programme 25, with codes made up in the form of national ones. */
export const essentialServices: readonly string[] = Array.from(
  { length: 25 },
  (_, index) => `1.99${String(index + 1).padStart(4, '0')}`,
);

export interface DossierRow {
  readonly province: string;
  /** Made up in the order of the province's communes; undefined: the province as a whole. */
  readonly commune: string | undefined;
  readonly procedure: string;
  readonly received: number;
  readonly online: number;
  readonly onTime: number;
  readonly overdue: number;
}

type Figures = Omit<DossierRow, 'province' | 'commune' | 'procedure'>;

/** Offices are open from 07:00 to 17:00; what is entered late is in by noon of the next day. */
const OPENS_HOUR = 7;
const OPEN_HOURS = 10;
const IN_THE_DAY = 0.96;
const CLOSES_HOUR = 36;
/** When a day is closed a few provinces find that they counted as in time what was late. */
const RECOUNT_HOUR = 39;
const RECOUNT_SHARE = 0.04;

/**
 * Dossiers of one local day as they are known at a moment; all of it simulated. Figures grow until noon of the next day;
 * at 15:00 some are corrected. None before the offices open.
 */
export function dossiersOf(day: string, at: Date, seed: number): DossierRow[] {
  const hours = (at.getTime() - momentOn(day, '00:00').getTime()) / HOUR_MS;
  if (hours < OPENS_HOUR) return [];
  return loadProvinces().provinces.flatMap((province) =>
    essentialServices.map((procedure) => ({
      province: province.code,
      commune: undefined,
      procedure,
      ...figuresOf(province, procedure, day, hours, seed),
    })),
  );
}

/** The same by commune: the communes of a province add up to it. */
export function communeDossiersOf(day: string, at: Date, seed: number): DossierRow[] {
  const counts = new Map(loadProvinces().provinces.map(({ code, communeCount }) => [code, communeCount]));
  return dossiersOf(day, at, seed).flatMap((row) => {
    const count = counts.get(row.province) ?? 0;
    return Array.from({ length: count }, (_, index) => ({
      ...row,
      ...shareOf(row, index, count),
      commune: communeCode(row.province, index),
    }));
  });
}

/** Communes have official codes, which the documents do not give. */
export function communeCode(province: string, index: number): string {
  return `${province}-${String(index + 1).padStart(3, '0')}`;
}

function figuresOf(province: ProvinceFact, procedure: string, day: string, hours: number, seed: number): Figures {
  const of = (what: string): number => chance(seed, province.code, procedure, day, what);
  const weight = 0.1 + 2 * chance(seed, procedure, 'weight') ** 2;
  const expected = Math.round(province.communeCount * weight * (0.7 + 0.6 * of('received')));
  const share = shareByHour(hours);
  const received = Math.floor(expected * share);
  const settled = Math.floor(expected * (0.7 + 0.25 * of('settled')) * share);
  const lateShare = 0.08 * of('overdue') + (hours >= RECOUNT_HOUR && of('recount') < RECOUNT_SHARE ? 0.05 : 0);
  const overdue = Math.floor(settled * lateShare);
  return { received, online: Math.floor(received * (0.35 + 0.6 * of('online'))), onTime: settled - overdue, overdue };
}

function shareByHour(hours: number): number {
  const closing = OPENS_HOUR + OPEN_HOURS;
  if (hours < closing) return (IN_THE_DAY * (hours - OPENS_HOUR)) / OPEN_HOURS;
  const late = Math.min(1, (hours - closing) / (CLOSES_HOUR - closing));
  return IN_THE_DAY + (1 - IN_THE_DAY) * late;
}

/** Those of the commune at that place when all dossiers are dealt out in a row, so that nothing is lost by rounding. */
function shareOf(total: Figures, index: number, count: number): Figures {
  const upTo = (figure: number, of: number, among: number): number =>
    among === 0 ? 0 : Math.floor((figure * of) / among);
  const within = (figure: number, from: number, to: number, among: number): number =>
    upTo(figure, to, among) - upTo(figure, from, among);
  const from = upTo(total.received, index, count);
  const to = upTo(total.received, index + 1, count);
  return {
    received: to - from,
    // Dealt out among the dossiers, not the communes: nobody gets more online than in all.
    online: within(total.online, from, to, total.received),
    onTime: within(total.onTime, index, index + 1, count),
    overdue: within(total.overdue, index, index + 1, count),
  };
}
