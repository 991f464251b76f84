import type { SourceLine } from './fleet.ts';
import { toTable } from './terminal.ts';

/** As much of a reason as a line of a table bears; `lienthong source show` has the whole. */
const MAX_REASON_LENGTH = 70;
const UNITS: ReadonlyArray<readonly [seconds: number, name: string]> = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** The sources as a table for people, with times as they count from `now`. */
export function fleetTable(lines: readonly SourceLine[], now: Date): string {
  return toTable(
    ['SOURCE', 'STATE', 'FRESH', 'LAST RUN', 'LAG', 'REJECTED', 'CONFLICTS', 'NEXT RUN', ''],
    lines.map((line) => [
      line.id,
      words(line.health),
      words(line.freshness),
      lastRun(line.lastRun, now),
      line.lagSeconds === null ? '–' : shortDuration(line.lagSeconds),
      line.openRejections || '',
      line.openConflicts || '',
      line.nextRunAt ? inFuture(line.nextRunAt, now) : '–',
      line.health === 'OK' ? '' : shortened(line.healthReason),
    ]),
  );
}

/** How many sources do how, in one line. */
export function fleetSummary(lines: readonly SourceLine[]): string {
  const counts = new Map<string, number>();
  for (const { health } of lines) counts.set(health, (counts.get(health) ?? 0) + 1);
  const parts = [...counts].map(([health, count]) => `${count} ${words(health)}`);
  return `${lines.length} sources: ${parts.join(', ') || 'none'}`;
}

/** `14 s`, `3 min`, `2 h`, `5 d`: one unit, rounded down. */
export function shortDuration(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${name}`;
}

const words = (name: string): string => name.toLowerCase().replaceAll('_', ' ');

function lastRun(run: SourceLine['lastRun'], now: Date): string {
  if (!run) return 'never';
  const { state, startedAt, finishedAt, percent, pages, stream } = run;
  if (state === 'RUNNING') {
    const progress = percent === null ? `${pages} pages` : `${Math.floor(percent)} %`;
    return `running, ${progress}${stream ? ` (${stream})` : ''}`;
  }
  return `${words(state)} ${shortDuration(secondsBetween(finishedAt ?? startedAt, now))} ago`;
}

function inFuture(time: Date, now: Date): string {
  return time <= now ? 'now' : `in ${shortDuration(secondsBetween(now, time))}`;
}

const secondsBetween = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1_000);

/** As much of a reason as a line of a table bears. */
export function shortened(text: string): string {
  return text.length > MAX_REASON_LENGTH ? `${text.slice(0, MAX_REASON_LENGTH - 1).toWellFormed()}…` : text;
}
