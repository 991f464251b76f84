import { type CriterionFact, loadProvinces, loadReadiness } from '../facts.ts';
import { chance, momentBetween, shuffled } from './chance.ts';
import { DISPATCH_AT, HOUR_MS, REPORT_AT, TWO_TIER_AT, YESTERDAY_AT } from './moments.ts';

/** When each province turns complete, by province code; null for a straggler that does not by the end of the timeline. */
export type CompletionTimes = ReadonlyMap<string, Date | null>;

/** Of those the report lists as not completed, the share that is not done by 1 July either. */
const STRAGGLER_SHARE = 0.06;

/** The last moment at which the count of a day still holds, so that nothing turns while a document's day lasts. */
const DISPATCH_DAY_END = new Date(DISPATCH_AT.getTime() + 24 * HOUR_MS);

const cache = new Map<number, ReadonlyMap<string, CompletionTimes>>();

/**
 * When each province completes each criterion, by criterion id. What the documents fix holds exactly: the dispatch's
 * counts all through 25 June, the report's "yesterday" at 12:15 on the 26th, the report's provinces at 12:15 on the
 * 27th. Who is among the first and when, and all that comes later, follows from the seed; nobody turns back.
 */
export function completionTimes(seed: number): ReadonlyMap<string, CompletionTimes> {
  const known = cache.get(seed);
  if (known) return known;
  const times = new Map(loadReadiness().criteria.map((criterion) => [criterion.id, timesOf(criterion, seed)]));
  cache.set(seed, times);
  return times;
}

/** How many the dispatch counts for a criterion on 25 June; undefined for the 22 criteria that it does not count. */
export function dispatchCount(criterion: string): number | undefined {
  return loadReadiness().dispatch.progress.find((progress) => progress.criterion === criterion)?.completedCount;
}

function timesOf(criterion: CriterionFact, seed: number): CompletionTimes {
  const missing = new Set(criterion.notCompleted);
  const provinces = loadProvinces().provinces.map((province) => province.code);
  const completed = shuffled(
    seed,
    criterion.id,
    provinces.filter((code) => !missing.has(code)),
  );
  const byDispatch = dispatchCount(criterion.id) ?? 0;
  const byYesterday = criterion.completedCount - criterion.deltaSinceYesterday;
  const early = new Date(DISPATCH_AT.getTime() - 48 * HOUR_MS);
  const times = new Map<string, Date | null>();
  for (const [index, province] of completed.entries()) {
    const label = `${criterion.id}|${province}|at`;
    if (index < byDispatch) times.set(province, momentBetween(seed, label, early, DISPATCH_AT));
    else if (index < byYesterday) times.set(province, momentBetween(seed, label, DISPATCH_DAY_END, YESTERDAY_AT));
    else times.set(province, momentBetween(seed, label, YESTERDAY_AT, REPORT_AT));
  }
  for (const province of missing) {
    const label = `${criterion.id}|${province}|late`;
    const isStraggler = chance(seed, label, 'straggler') < STRAGGLER_SHARE;
    times.set(province, isStraggler ? null : momentBetween(seed, label, REPORT_AT, TWO_TIER_AT));
  }
  return times;
}

/** Whether a province has completed a criterion at a moment. */
export function isCompleteAt(seed: number, criterion: string, province: string, at: Date): boolean {
  const completedAt = completionTimes(seed).get(criterion)?.get(province) ?? null;
  return completedAt !== null && completedAt <= at;
}
