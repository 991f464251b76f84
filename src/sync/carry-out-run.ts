import { UnfinishedError } from '../../connectors/kit/unfinished-error.ts';
import type { Logger } from '../lib/logger.ts';
import { startHeartbeat } from './heartbeat.ts';
import { NO_COUNTS, type RunStep, sumCounts } from './run-counts.ts';
import type { RunDependencies, RunOutcome, RunRequest } from './run-dependencies.ts';
import { describeFailure, RunBudgetError, type RunEnd, RunLostError } from './run-failure.ts';
import { beat, claimRun, finishRun, takeRun } from './run-record.ts';
import { WAITING_WORKER } from './worker-identity.ts';

/** What a run does: gives what each step of it added to the counts, once that is stored. */
export type RunWork = (run: { readonly runId: number; readonly signal: AbortSignal }) => AsyncIterable<RunStep>;

/**
 * Carries out a run: claims it, does the work, and records how it ended. Never throws for what the work does; only if the
 * run cannot be claimed (no database). Where one of that source is going on nothing is done.
 */
export async function carryOutRun(
  dependencies: RunDependencies,
  request: RunRequest,
  options: { readonly budgetMs: number; readonly work: RunWork },
): Promise<RunOutcome> {
  const { database, clock, me, logger } = dependencies;
  const begun = await beginRun(dependencies, request);
  if (begun.joined) return { runId: begun.id, state: 'JOINED', counts: NO_COUNTS, failure: null };
  me.active.add(begun.id);
  const outcome = await work(dependencies, request, begun.id, options);
  const { state, failure } = outcome;
  try {
    await finishRun(database.fork(), begun.id, { state, failure, now: clock.now() });
  } catch (error) {
    // The record stays RUNNING without anybody working on it; whoever begins the next run of the source sees that.
    logger.warn({ reason: (error as Error).message, runId: begun.id }, 'the end of a run could not be recorded');
  } finally {
    me.active.delete(begun.id);
  }
  return outcome;
}

async function beginRun(
  { database, clock, me }: RunDependencies,
  request: RunRequest,
): Promise<{ id: number; joined: boolean }> {
  const em = database.fork();
  const now = clock.now();
  if (request.runId !== undefined && (await takeRun(em, request.runId, me.name, WAITING_WORKER, now))) {
    return { id: request.runId, joined: false };
  }
  const sourceId = request.source.definition.id;
  const claim = await claimRun(em, { sourceId, trigger: request.trigger, worker: me.name, me, now });
  return { id: claim.runId, joined: !claim.claimed };
}

type EndedRun = RunOutcome & { readonly state: RunEnd['state'] };

async function work(
  dependencies: RunDependencies,
  request: RunRequest,
  runId: number,
  options: { readonly budgetMs: number; readonly work: RunWork },
): Promise<EndedRun> {
  const { database, clock, logger } = dependencies;
  const budget = new AbortController();
  const lost = new AbortController();
  const signal = AbortSignal.any([request.signal, budget.signal, lost.signal]);
  const timer = setTimeout(() => budget.abort(new RunBudgetError(options.budgetMs)), options.budgetMs);
  const stopHeartbeat = startHeartbeat({
    beat: () => beat(database.fork(), runId, clock.now()),
    onLost: () => lost.abort(new RunLostError(runId)),
    logger,
  });
  let counts = NO_COUNTS;
  let percent: number | undefined;
  let hasStored = false;
  try {
    for await (const stored of options.work({ runId, signal })) {
      counts = sumCounts(counts, stored);
      percent = stored.percent ?? percent;
      // Where a first read begins is stored before anything is asked.
      hasStored ||= stored.asked + stored.read > 0;
      dependencies.onProgress?.(counts, percent);
    }
    return { runId, counts, state: counts.rejected > 0 ? 'PARTIAL' : 'SUCCEEDED', failure: null };
  } catch (error) {
    const cause = lost.signal.aborted ? lost.signal.reason : error;
    const end = describeFailure(cause, { signal: request.signal, budget: budget.signal, hasStored });
    logBreak(logger, cause, { runId, source: request.source.definition.id, code: end.failure.code });
    return { runId, counts, ...end };
  } finally {
    clearTimeout(timer);
    await stopHeartbeat();
  }
}

/** What is known needs no stack; what is a mistake of ours is logged whole. */
function logBreak(logger: Logger, cause: unknown, details: { code: string; runId: number; source: string }): void {
  if (details.code === 'CANCELLED') logger.info(details, 'a run was stopped');
  else if (details.code === 'INTERNAL_SERVER_ERROR') logger.error({ ...details, error: cause }, 'a run broke off');
  else if (cause instanceof UnfinishedError) {
    logger.info({ ...details, reason: cause.message }, 'a run ended early; the next one goes on');
  } else logger.warn({ ...details, reason: (cause as Error).message }, 'a run broke off');
}
