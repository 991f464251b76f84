import type { Config } from '../config/index.ts';
import type { Database } from '../database/open-database.ts';
import { openNextRuns } from '../jobs/open-next-runs.ts';
import { queuePlaceOf } from '../jobs/queue-place.ts';
import { realClock } from '../lib/clock.ts';
import { openReading } from '../services/reading/open-reading.ts';
import type { Reading } from '../services/reading/reading.ts';
import { lastRunOf, percentOf, type SyncRunView } from '../services/reading/sync-runs.ts';
import type { SourceView } from '../services/reading/views.ts';
import { openConflictsOf, openRejectionsOf } from '../services/sources/counts.ts';
import { nextRunOf } from '../services/sources/next-run.ts';
import type { NextRuns } from '../services/sources/order-run.ts';
import { freshnessOf, stateOf } from '../services/sources/source-state.ts';
import { callerRights } from './caller.ts';

/** How one source does, for a line of a table or of JSON. */
export interface SourceLine {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly kind: string;
  readonly schedule: string | null;
  readonly status: string;
  readonly health: string;
  readonly healthReason: string;
  readonly freshness: string;
  readonly staleSince: Date | null;
  readonly lagSeconds: number | null;
  readonly lastSuccessAt: Date | null;
  readonly lastRun: LastRun | null;
  readonly openRejections: number;
  readonly openConflicts: number;
  readonly nextRunAt: Date | null;
}

interface LastRun extends Pick<SyncRunView, 'number' | 'state' | 'trigger' | 'startedAt' | 'finishedAt' | 'stream'> {
  readonly pages: number;
  readonly read: number;
  readonly percent: number | null;
}

export interface Fleet {
  /** All sources, or those of the codes given, in the order of their codes. */
  read(codes?: readonly string[]): Promise<SourceLine[]>;
  /** For whatever else is asked of a source. */
  begin(): Reading;
  close(): Promise<void>;
}

/** Reads how the sources do, as the API would answer an operator who may see all. */
export async function openFleet(database: Database, config: Pick<Config, 'redisUrl'>): Promise<Fleet> {
  const reading = await openReading({ database, clock: realClock, domainClock: realClock });
  const queue = await openNextRuns(database, await queuePlaceOf(database, config.redisUrl), realClock);
  const begin = (): Reading => reading.begin(callerRights());
  return {
    begin,
    close: queue.close,
    async read(codes) {
      await reading.reference.refresh();
      const now = begin();
      const sources = now.reference.all('Source').filter(({ code }) => !codes || codes.includes(code));
      return Promise.all(sources.map((source) => toLine(now, source, queue.nextRuns)));
    },
  };
}

async function toLine(reading: Reading, source: SourceView, nextRuns: NextRuns): Promise<SourceLine> {
  const { code, name, connector, kind, schedule, parentCode } = source;
  const [state, freshness, run, openRejections, openConflicts, nextRunAt] = await Promise.all([
    stateOf(reading, source),
    freshnessOf(reading, source),
    // A voice is read by whoever delivers it.
    lastRunOf(reading, parentCode ?? code),
    openRejectionsOf(reading, code),
    openConflictsOf(reading, code),
    nextRunOf(reading, source, nextRuns),
  ]);
  const { status, health, healthReason, lagSeconds, lastSuccessAt } = state;
  const common = { id: code, name, connector, kind, schedule, status, health, healthReason };
  return {
    ...common,
    ...freshness,
    lagSeconds,
    lastSuccessAt,
    lastRun: toLastRun(run),
    openRejections,
    openConflicts,
    nextRunAt,
  };
}

function toLastRun(run: SyncRunView | null): LastRun | null {
  if (!run) return null;
  const { number, state, trigger, startedAt, finishedAt, stream, pages, read } = run;
  return { number, state, trigger, startedAt, finishedAt, stream, pages, read, percent: percentOf(run) };
}
