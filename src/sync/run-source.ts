import { DEFAULT_TIME_BUDGET_MS, LONG_BUDGET_MS } from '../../connectors/kit/common-config.ts';
import type { ReadPage } from '../../connectors/kit/connector.ts';
import { type Backfill, createBackfill } from './backfill.ts';
import { carryOutRun } from './carry-out-run.ts';
import { loadCheckpoints } from './checkpoints.ts';
import { hashAnswer } from './raw/keep-raw-answer.ts';
import type { RunStep } from './run-counts.ts';
import type { RunDependencies, RunOutcome, RunRequest } from './run-dependencies.ts';
import { connectorContext, createPageContext, inTransaction, latestObservedAt } from './run-parts.ts';
import { type PageContext, type PageTimes, storePage, storeSnapshot } from './store-page.ts';
import { untilAborted } from './until-aborted.ts';

export type { RunDependencies, RunOutcome, RunRequest } from './run-dependencies.ts';

/**
 * Runs one source once: claims the run, reads page by page, stores each page in a transaction of its own, and records
 * how it ended. Never throws for what the source does; only if the run cannot be claimed (no database).
 */
export function runSource(dependencies: RunDependencies, request: RunRequest): Promise<RunOutcome> {
  const budgetMs = dependencies.timeBudgetMs ?? budgetOf(request);
  return carryOutRun(dependencies, request, {
    budgetMs,
    work: ({ runId, signal }) => storePages(dependencies, request, runId, signal),
  });
}

/** The one that the connector keeps to as well, which also ends before a wait that would outlast it. */
function budgetOf({ source, range }: RunRequest): number {
  const { timeBudgetMs = DEFAULT_TIME_BUDGET_MS } = source.definition.config as { readonly timeBudgetMs?: number };
  return range ? Math.max(timeBudgetMs, LONG_BUDGET_MS) : timeBudgetMs;
}

/** Reads and stores page by page; gives what each page added to the counts. */
async function* storePages(
  dependencies: RunDependencies,
  { source, range }: RunRequest,
  runId: number,
  signal: AbortSignal,
): AsyncGenerator<RunStep> {
  const context = await createPageContext(dependencies, source, runId);
  const { database } = dependencies;
  const checkpoints = range ? {} : await loadCheckpoints(database.fork(), context.sourceId);
  const given = { ...connectorContext(dependencies, source, { signal, checkpoints }), ...(range && { range }) };
  const backfill = range && createBackfill(source, range);
  const lacking = new Set<string>();
  try {
    for await (const page of untilAborted(source.connector.read(given), signal)) {
      yield* storeOne(dependencies, page, { context, backfill, lacking });
    }
  } catch (error) {
    throw backfill ? backfill.explain(error) : error;
  }
}

async function* storeOne(
  { database, clock, domainClock, onDrift }: RunDependencies,
  page: ReadPage,
  run: { context: PageContext; backfill: Backfill | undefined; lacking: Set<string> },
): AsyncGenerator<RunStep> {
  const { context, backfill, lacking } = run;
  const answer = page.raw && context.keptMs > 0 ? await hashAnswer(page.raw) : undefined;
  const domainNow = domainClock.now();
  const times: PageTimes = {
    now: clock.now(),
    // What an upstream gives no time for counts as observed when it was asked, by the clock of the domain.
    requestedAt: page.domainRequestedAt,
    // What was read of the past brings nothing back that is gone since.
    askedAt: backfill ? null : page.requestedAt,
    domainNow,
    latestObservedAt: latestObservedAt(domainNow),
  };
  const kept = backfill ? backfill.keep(page) : page;
  const stored = await inTransaction(database, (em) => storePage(em, kept, context, times, { answer }));
  if (stored.rejected > 0) lacking.add(page.stream);
  yield stored;
  if (page.drift.length > 0) onDrift?.(context.sourceId, page.drift);
  const snapshot = kept.snapshotComplete;
  // What was rejected is there all the same: a snapshot that lacks it says of nothing that it is absent.
  if (snapshot && !lacking.has(page.stream))
    yield await inTransaction(database, (em) => storeSnapshot(em, snapshot, context, times));
}
