import { DOCUMENTS, loadProvinces, loadReadiness } from '../facts.ts';
import { dispatchCount, isCompleteAt } from './completion.ts';
import { DAY_MS, DISPATCH_AT, REPORT_AT, YESTERDAY_AT } from './moments.ts';

export interface Difficulty {
  readonly category: string;
  readonly text: string;
}

export interface ReadinessRow {
  readonly province: string;
  readonly criterion: string;
  readonly completed: boolean;
  /** Undefined before the report, where nobody says whether there is any. */
  readonly difficulties: readonly Difficulty[] | undefined;
  /** False only for what the report states; true for what the seed chose. */
  readonly simulated: boolean;
  readonly document: string | undefined;
}

export interface CriterionCountRow {
  readonly criterion: string;
  readonly completedCount: number;
  readonly total: number;
  readonly deltaSinceYesterday: number | undefined;
  readonly simulated: boolean;
  /** True where the count follows from a document (the report less its stated change) without standing in it. */
  readonly inferred: boolean;
  readonly document: string | undefined;
}

/** The criteria that somebody speaks of at a moment: none before the dispatch, its four up to 12:15 on the 26th, then all. */
export function criteriaKnownAt(at: Date): string[] {
  if (at < DISPATCH_AT) return [];
  const all = loadReadiness().criteria.map((criterion) => criterion.id);
  return at < YESTERDAY_AT ? all.filter((id) => dispatchCount(id) !== undefined) : all;
}

/** Every province on every criterion known at that moment. Exact at {@link REPORT_AT}; see {@link completionTimes}. */
export function readinessAt(at: Date, seed: number): ReadinessRow[] {
  const isReport = at.getTime() === REPORT_AT.getTime();
  return criteriaKnownAt(at).flatMap((criterion) =>
    loadProvinces().provinces.map(({ code: province }) => {
      const completed = isCompleteAt(seed, criterion, province, at);
      return {
        province,
        criterion,
        completed,
        difficulties: difficultiesAt(at, criterion, province, completed),
        simulated: !isReport,
        document: isReport ? DOCUMENTS.readiness : undefined,
      };
    }),
  );
}

/** The report's, as long as the province has not turned complete since; afterwards nothing is in the way any more. */
function difficultiesAt(at: Date, criterion: string, province: string, completed: boolean): Difficulty[] | undefined {
  if (at < REPORT_AT) return undefined;
  const wasListed = loadReadiness()
    .criteria.find(({ id }) => id === criterion)
    ?.notCompleted.includes(province);
  if (completed && wasListed) return [];
  return loadReadiness()
    .difficulties.filter((difficulty) => difficulty.criterion === criterion && difficulty.province === province)
    .map(({ category, text }) => ({ category, text }));
}

/**
 * The counts that a document published at that moment gives. On the documents' own moments they are the documents'
 * figures, whatever the seed; the change since the day before is told by the report and by what comes after it.
 */
export function criterionCountsAt(at: Date, seed: number): CriterionCountRow[] {
  return criteriaKnownAt(at).map((criterion) => {
    const completedCount = countAt(at, seed, criterion);
    const base = { criterion, completedCount, total: loadProvinces().provinces.length };
    if (at < YESTERDAY_AT) {
      const holds = at < DISPATCH_DAY_END;
      return { ...base, ...PLAIN, simulated: !holds, document: holds ? DOCUMENTS.dispatch : undefined };
    }
    if (at.getTime() === YESTERDAY_AT.getTime())
      return { ...base, ...PLAIN, inferred: true, document: DOCUMENTS.readiness };
    if (at < REPORT_AT) return { ...base, ...PLAIN, simulated: true };
    const deltaSinceYesterday = completedCount - countAt(new Date(at.getTime() - DAY_MS), seed, criterion);
    const isReport = at.getTime() === REPORT_AT.getTime();
    return {
      ...base,
      ...PLAIN,
      deltaSinceYesterday,
      simulated: !isReport,
      document: isReport ? DOCUMENTS.readiness : undefined,
    };
  });
}

const DISPATCH_DAY_END = new Date(DISPATCH_AT.getTime() + DAY_MS);
const PLAIN = { deltaSinceYesterday: undefined, simulated: false, inferred: false, document: undefined };

function countAt(at: Date, seed: number, criterion: string): number {
  return loadProvinces().provinces.filter(({ code }) => isCompleteAt(seed, criterion, code, at)).length;
}
