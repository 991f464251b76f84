import { factKinds } from '../../../schema/kinds/index.ts';
import { type CriterionSummaryRow, readCriterionSummaries } from '../../database/operations/read/criteria.ts';
import { stateRelation } from '../../unify/state-relation.ts';
import { type Clocks, clocksOf } from './clocks.ts';
import { factsOf } from './facts.ts';
import { maySee, type Reading, remembered, scopeOfKind } from './reading.ts';
import type { CriterionView, ProvinceView } from './views.ts';

/** What is known of all criteria at the clocks; one statement per request and time. */
function summaries(reading: Reading, clocks: Clocks): Promise<ReadonlyMap<string, CriterionSummaryRow>> {
  return remembered(reading, `criteria:${clocks.key}`, async () => {
    const kind = factKinds.readiness;
    const rows = await readCriterionSummaries(
      reading.reader,
      stateRelation(kind, clocks),
      scopeOfKind(reading.rights, kind),
    );
    return new Map(rows.map((row) => [row.criterion, row]));
  });
}

/** In how many provinces it is completed; null when nobody has said anything of it by then. */
export async function completedCount(
  reading: Reading,
  criterion: CriterionView,
  clocks = criterion.clocks,
): Promise<number | null> {
  const summary = (await summaries(reading, clocks)).get(criterion.code);
  return summary ? summary.completed.length : null;
}

/** How many more are completed than at `since`, by what was known at the same time; null when either is not known. */
export async function completedDelta(reading: Reading, criterion: CriterionView, since: Date): Promise<number | null> {
  const [now, then] = await Promise.all([
    completedCount(reading, criterion),
    completedCount(reading, criterion, clocksOf({ asOf: since }, criterion.clocks)),
  ]);
  return now === null || then === null ? null : now - then;
}

/** The provinces that the caller may see: what a count is out of. */
export function visibleProvinces(reading: Reading, clocks: Clocks): ProvinceView[] {
  return reading.reference.all('Province', clocks).filter((province) => maySee(reading.rights, province.code));
}

/** Provinces of which it is known that they have, or have not, completed it, or of which nobody has said. */
export async function provincesBy(
  reading: Reading,
  criterion: CriterionView,
  which: 'completed' | 'missing' | 'unknown',
): Promise<ProvinceView[]> {
  const summary = (await summaries(reading, criterion.clocks)).get(criterion.code);
  const completed = new Set(summary?.completed);
  const missing = new Set(summary?.notCompleted);
  const belongs = {
    completed: (code: string) => completed.has(code),
    missing: (code: string) => missing.has(code),
    unknown: (code: string) => !completed.has(code) && !missing.has(code),
  }[which];
  return visibleProvinces(reading, criterion.clocks).filter((province) => belongs(province.code));
}

/** The deadline has passed by the domain's clock (or by the time asked for) and not all provinces are known to be done. */
export async function isOverdue(reading: Reading, criterion: CriterionView): Promise<boolean> {
  if (!hasPassed(reading, criterion)) return false;
  const completed = await completedCount(reading, criterion);
  return (completed ?? 0) < visibleProvinces(reading, criterion.clocks).length;
}

/** Whether the deadline has passed by the domain's clock, or by the time asked for. */
export function hasPassed(reading: Reading, criterion: CriterionView): boolean {
  const today = criterion.clocks.asOf ?? reading.domainClock.now();
  return criterion.deadline !== null && criterion.deadline.getTime() < today.getTime();
}

/** What documents claim of the criterion as a whole. */
export async function claimedCount(reading: Reading, criterion: CriterionView) {
  const [claimed] = await factsOf(
    reading,
    'criterionCount',
    { part: 'criterion', code: criterion.code },
    criterion.clocks,
  );
  return claimed ?? null;
}

/** The codes of the provinces that the conditions on criteria leave. */
export async function provincesWhere(
  reading: Reading,
  filter: { completed?: readonly string[] | null; notCompleted?: readonly string[] | null },
  clocks: Clocks,
): Promise<(code: string) => boolean> {
  if (!filter.completed && !filter.notCompleted) return () => true;
  const known = await summaries(reading, clocks);
  const sets = (criteria: readonly string[] | null | undefined, side: 'completed' | 'notCompleted') =>
    reading.reference.codes('Criterion', criteria ?? []).map((code) => new Set(known.get(code)?.[side]));
  const wanted = [...sets(filter.completed, 'completed'), ...sets(filter.notCompleted, 'notCompleted')];
  return (code) => wanted.every((set) => set.has(code));
}
