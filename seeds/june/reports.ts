import { loadProvinces } from '../facts.ts';
import { chance } from './chance.ts';
import { completionTimes } from './completion.ts';
import { DISPATCH_AT, JUNE_START, momentOn, REPORT_AT, YESTERDAY_AT } from './moments.ts';
import { type CriterionCountRow, criterionCountsAt, type ReadinessRow, readinessAt } from './readiness.ts';

/** One edition of the daily readiness report. `at` is the moment it speaks of, the same for every correction of a day. */
export interface ReportEdition {
  readonly day: string;
  /** The number of the correction (lần đính chính); 0 for the first edition. */
  readonly revision: number;
  readonly at: Date;
  readonly publishedAt: Date;
  /** The share of what turned since the day before that this edition misses; corrected by the next. */
  readonly missedShare: number;
}

const edition = (day: string, revision: number, at: Date, publishedAt: Date, missedShare = 0): ReportEdition => ({
  day,
  revision,
  at,
  publishedAt,
  missedShare,
});
const noon = (day: string): Date => momentOn(day, '12:15');

/** After the 27th no report is known: that the 28th is corrected twice and the 29th comes a day late is simulated. */
export const reportEditions: readonly ReportEdition[] = [
  edition('2025-06-25', 0, DISPATCH_AT, JUNE_START),
  edition('2025-06-26', 0, YESTERDAY_AT, YESTERDAY_AT),
  edition('2025-06-27', 0, REPORT_AT, REPORT_AT),
  edition('2025-06-28', 0, noon('2025-06-28'), noon('2025-06-28'), 0.3),
  edition('2025-06-28', 1, noon('2025-06-28'), momentOn('2025-06-28', '15:00'), 0.1),
  edition('2025-06-28', 2, noon('2025-06-28'), momentOn('2025-06-28', '18:30')),
  edition('2025-06-29', 0, noon('2025-06-29'), momentOn('2025-06-30', '07:00')),
  edition('2025-06-30', 0, noon('2025-06-30'), noon('2025-06-30')),
  ...['2025-07-01', '2025-07-02', '2025-07-03', '2025-07-04'].map((day) => edition(day, 0, noon(day), noon(day))),
];

/** The newest edition of a day's report that is published at `now`; undefined where there is none yet. */
export function publishedEdition(day: string, now: Date): ReportEdition | undefined {
  return reportEditions.findLast((one) => one.day === day && one.publishedAt <= now);
}

export interface ReportContent {
  readonly readiness: ReadinessRow[];
  readonly counts: CriterionCountRow[];
}

/** What an edition says. One that misses something says "not completed" of it, as the day before did: it never invents. */
export function contentOf(report: ReportEdition, seed: number): ReportContent {
  const missed = missedBy(report, seed);
  const readiness = readinessAt(report.at, seed).map((row) =>
    missed.has(`${row.criterion}|${row.province}`) ? { ...row, completed: false } : row,
  );
  const counts = criterionCountsAt(report.at, seed).map((row) => {
    const missing = loadProvinces().provinces.filter(({ code }) => missed.has(`${row.criterion}|${code}`)).length;
    const delta = row.deltaSinceYesterday;
    return {
      ...row,
      completedCount: row.completedCount - missing,
      deltaSinceYesterday: delta === undefined ? undefined : delta - missing,
    };
  });
  return { readiness, counts };
}

function missedBy(report: ReportEdition, seed: number): Set<string> {
  const missed = new Set<string>();
  if (report.missedShare === 0) return missed;
  const dayBefore = new Date(report.at.getTime() - 24 * 3_600_000);
  for (const [criterion, times] of completionTimes(seed)) {
    for (const [province, completedAt] of times) {
      if (!completedAt || completedAt <= dayBefore || completedAt > report.at) continue;
      if (chance(seed, 'missed', criterion, province) < report.missedShare) missed.add(`${criterion}|${province}`);
    }
  }
  return missed;
}
