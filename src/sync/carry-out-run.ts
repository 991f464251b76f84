import { UnfinishedError } from '../../connectors/kit/unfinished-error.ts';
import type { Logger } from '../lib/logger.ts';
import { claimRun, returnRun, settleVanishedRuns, takeRun } from './claim-run.ts';
import { startHeartbeat } from './heartbeat.ts';
import { NO_COUNTS, type RunStep, sumCounts } from './run-counts.ts';
import type { NothingDone, RunDependencies, RunOutcome, RunRequest } from './run-dependencies.ts';
import { describeFailure, RunBudgetError, type RunEnd, RunLostError } from './run-failure.ts';
import { beat, findRun, finishRun } from './run-record.ts';
import { isLiveRead } from './vanished-runs.ts';

/** What a run does: gives what each step of it added to the counts, once that is stored. */
export type RunWork = (run: { readonly runId: number; readonly signal: AbortSignal }) => AsyncIterable<RunStep>;

/**
 * Carries out a run: claims it, does the work, and records how it ended. Never throws for what the work does; only if the
 * run cannot be claimed (no database). Where one of that source is going on nothing is done, and the state says which way.
 */
export async function carryOutRun(
  dependencies: RunDependencies,
  request: RunRequest,
  options: { readonly budgetMs: number; readonly work: RunWork },
): Promise<RunOutcome> {
  const { database, clock, me, logger } = dependencies;
  const begun = await beginRun(dependencies, request);
  const { runId } = begun;
  if (begun.instead) return { runId, state: begun.instead, counts: NO_COUNTS, failure: null };
  const run = { runId, worker: me.name };
  me.active.add(runId);
  const outcome = await work(dependencies, request, runId, options);
  const { state, failure } = outcome;
  try {
    if (state === 'CANCELLED' && isToComeAgain(request)) await returnRun(database.fork(), run, clock.now());
    else await finishRun(database.fork(), run, { state, failure, now: clock.now() });
  } catch (error) {
    // The record stays RUNNING without anybody working on it; whoever begins the next run of the source sees that.
    logger.warn({ reason: (error as Error).message, runId }, 'the end of a run could not be recorded');
  } finally {
    me.active.delete(runId);
  }
  return outcome;
}

function isToComeAgain({ runId, comesAgain, signal }: RunRequest): boolean {
  return runId !== undefined && comesAgain === true && signal.aborted;
}

interface BegunRun {
  readonly runId: number;
  /** That it was not begun, and why. */
  readonly instead?: NothingDone;
}

/** The run that was asked for is carried out under its own record or not at all: whoever asked follows that one. */
async function beginRun({ database, clock, me }: RunDependencies, request: RunRequest): Promise<BegunRun> {
  const em = database.fork();
  const now = clock.now();
  const { runId, trigger } = request;
  const sourceId = request.source.definition.id;
  if (runId !== undefined) {
    await settleVanishedRuns(em, me, now, sourceId);
    if (await takeRun(em, { runId, worker: me.name }, now)) return { runId };
    const found = await findRun(em, runId);
    return { runId, instead: found?.state === 'RUNNING' ? 'BUSY' : 'ENDED' };
  }
  const claim = await claimRun(em, { sourceId, trigger, worker: me.name, me, now });
  if (claim.claimed) return { runId: claim.runId };
  return { runId: claim.runId, instead: isLiveRead(claim.met, now) ? 'JOINED' : 'BUSY' };
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
    beat: () => beat(database.fork(), { runId, worker: dependencies.me.name }, clock.now()),
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
    const end = describeFailure(cause, {
      signal: request.signal,
      budget: budget.signal,
      budgetMs: options.budgetMs,
      hasStored,
    });
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
