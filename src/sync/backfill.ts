import type { ReadPage } from '../../connectors/kit/connector.ts';
import { addDays, localDay } from '../../connectors/kit/local-time.ts';
import type { ReadRange } from '../../connectors/kit/paging/paginator.ts';
import { UnfinishedError } from '../../connectors/kit/unfinished-error.ts';
import type { Observation } from '../../schema/observation.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { BackfillUnfinishedError, RunBudgetError } from './run-failure.ts';

/** What is said in a document may be of some days before or after its own; asking for a few too many costs nothing. */
const MARGIN_DAYS = 7;

/** What a run that reads back a range does otherwise than one that reads what there is. */
export interface Backfill {
  /** The page without what is of another time, and without what says where the next run goes on or what is there now. */
  keep(page: ReadPage): ReadPage;
  /** The error as the record tells it: one that says from where to ask again, where a limit was met. */
  explain(error: unknown): unknown;
}

/**
 * Documents are read day by day, the oldest first; lists are asked from the beginning of the range on and give all since
 * then in their own order, so what lies past its end is left out here, and how far they were read cannot be told.
 */
export function createBackfill({ connector }: ConfiguredSource, range: ReadRange): Backfill {
  const streams = connector.spec().streams.filter(({ mode }) => mode !== 'snapshot');
  const modes = new Map(streams.map(({ name, mode }) => [name, mode]));
  const reached = new Map<string, number>();
  const askAgain = (): string => {
    const all = streams.map(({ name, mode }) => (mode === 'document' ? reached.get(name) : undefined));
    const [least] = all.toSorted((one, other) => (one ?? 0) - (other ?? 0));
    const from =
      all.includes(undefined) || least === undefined ? null : addDays(localDay(new Date(least)), -MARGIN_DAYS);
    if (from === null || from <= localDay(range.from)) {
      return 'What was read is stored, and no run goes on with a backfill: ask for it again in shorter ranges.';
    }
    return `What was read is stored, and no run goes on with a backfill: ask for it again from ${from} on.`;
  };
  return {
    keep({ snapshotComplete: _none, ...page }) {
      const times = page.observations.flatMap((one) => timeOf(one)?.getTime() ?? []);
      const latest = Math.max(reached.get(page.stream) ?? Number.NEGATIVE_INFINITY, ...times);
      if (times.length > 0) reached.set(page.stream, latest);
      const isInRange = (one: Observation): boolean => (timeOf(one) ?? range.from) < range.to;
      const isList = modes.get(page.stream) === 'incremental';
      const observations = isList ? page.observations.filter(isInRange) : page.observations;
      return { ...page, observations, checkpoint: undefined };
    },
    explain(error) {
      if (!(error instanceof UnfinishedError || error instanceof RunBudgetError)) return error;
      return new BackfillUnfinishedError(error, askAgain());
    },
  };
}

/** The moment, or the beginning of the period, that an observation is of; null where its upstream gives none. */
function timeOf(observation: Observation): Date | null {
  switch (observation.kind) {
    case 'serviceHealth':
      return observation.measuredAt;
    case 'usageStatistics':
      return observation.periodStart;
    case 'dossierStatistics':
      return observation.day;
    default:
      return observation.observedAt;
  }
}
