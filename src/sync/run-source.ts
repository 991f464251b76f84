import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReadPage } from '../../connectors/kit/connector.ts';
import type { SharedState } from '../../connectors/kit/shared-state.ts';
import type { Database } from '../database/open-database.ts';
import { translateDatabaseError } from '../database/translate-error.ts';
import { ConflictError } from '../errors/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { loadCheckpoints } from './checkpoints.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { startHeartbeat } from './heartbeat.ts';
import { loadReferenceCodes } from './reference-codes.ts';
import { NO_COUNTS, type RunCounts, sumCounts } from './run-counts.ts';
import { describeFailure, RunBudgetError, type RunEnd, RunLostError } from './run-failure.ts';
import { beat, claimRun, finishRun, type RunFailure, type RunState, type RunTrigger, takeRun } from './run-record.ts';
import { type PageContext, type PageTimes, storePage, storeSnapshot } from './store-page.ts';
import { untilAborted } from './until-aborted.ts';
import { WAITING_WORKER, type WorkerIdentity } from './worker-identity.ts';

/** How far in the domain's future an observation may claim to lie; clocks of upstreams differ. */
const FUTURE_TOLERANCE_MS = 10 * 60_000;
const TIME_BUDGET_MS = 5 * 60_000;
const TRANSACTION_ATTEMPTS = 5;

export interface RunDependencies {
  readonly database: Pick<Database, 'fork'>;
  /** Of the hub: run records, `recordedAt`. */
  readonly clock: Clock;
  /** Of the domain: how late "now" is for what upstreams say. */
  readonly domainClock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly me: WorkerIdentity;
  /** Tokens, breakers and rate limits, shared by all runs of this process. */
  readonly shared: SharedState;
  readonly timeBudgetMs?: number;
  /** Called after each page is stored and at the end; for progress on a terminal and metrics. */
  readonly onProgress?: (counts: RunCounts) => void;
}

export interface RunRequest {
  readonly source: ConfiguredSource;
  readonly trigger: RunTrigger;
  /** A run that was asked for and waits for a worker; without it a new one is begun. */
  readonly runId?: number;
  readonly signal: AbortSignal;
}

export interface RunOutcome {
  readonly runId: number;
  /** `JOINED`: one of that source was going on already, and nothing was done. */
  readonly state: Exclude<RunState, 'RUNNING'> | 'JOINED';
  readonly counts: RunCounts;
  readonly failure: RunFailure | null;
}

/**
 * Runs one source once: claims the run, reads page by page, stores each page in a transaction of its own, and records
 * how it ended. Never throws for what the source does; only if the run cannot be claimed (no database).
 */
export async function runSource(dependencies: RunDependencies, request: RunRequest): Promise<RunOutcome> {
  const { database, clock, me } = dependencies;
  const runId = await beginRun(dependencies, request);
  if (runId.joined) return { runId: runId.id, state: 'JOINED', counts: NO_COUNTS, failure: null };
  me.active.add(runId.id);
  const outcome = await readAndStore(dependencies, request, runId.id);
  const { state, failure } = outcome;
  try {
    await finishRun(database.fork(), runId.id, { state, failure, now: clock.now() });
  } catch (error) {
    // The record stays RUNNING without anybody working on it; whoever begins the next run of the source sees that.
    dependencies.logger.warn(
      { reason: (error as Error).message, runId: runId.id },
      'the end of a run could not be recorded',
    );
  } finally {
    me.active.delete(runId.id);
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

async function readAndStore(dependencies: RunDependencies, request: RunRequest, runId: number): Promise<EndedRun> {
  const { database, clock, logger } = dependencies;
  const budgetMs = dependencies.timeBudgetMs ?? TIME_BUDGET_MS;
  const budget = new AbortController();
  const lost = new AbortController();
  const signal = AbortSignal.any([request.signal, budget.signal, lost.signal]);
  const timer = setTimeout(() => budget.abort(new RunBudgetError(budgetMs)), budgetMs);
  const stopHeartbeat = startHeartbeat({
    beat: () => beat(database.fork(), runId, clock.now()),
    onLost: () => lost.abort(new RunLostError(runId)),
    logger,
  });
  let counts = NO_COUNTS;
  try {
    for await (const stored of storePages(dependencies, request, runId, signal)) {
      counts = sumCounts(counts, stored);
      dependencies.onProgress?.(counts);
    }
    return { runId, counts, state: counts.rejected > 0 ? 'PARTIAL' : 'SUCCEEDED', failure: null };
  } catch (error) {
    const cause = lost.signal.aborted ? lost.signal.reason : error;
    const end = describeFailure(cause, { signal: request.signal, budget: budget.signal });
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
  else logger.warn({ ...details, reason: (cause as Error).message }, 'a run broke off');
}

/** Reads and stores page by page; gives what each page added to the counts. */
async function* storePages(
  dependencies: RunDependencies,
  { source }: RunRequest,
  runId: number,
  signal: AbortSignal,
): AsyncGenerator<RunCounts> {
  const { database, clock, domainClock, random, logger, shared } = dependencies;
  const { definition, connector, credentials } = source;
  const em = database.fork();
  const context: PageContext = {
    sourceId: definition.id,
    runId,
    references: await loadReferenceCodes(em),
    voices: new Set(Object.keys(definition.voices)),
    contractVersionOf: contractVersions(source),
  };
  const checkpoints = await loadCheckpoints(em, definition.id);
  const pages: AsyncIterable<ReadPage> = connector.read({
    source: { id: definition.id, config: definition.config, ...(definition.scope ? { scope: definition.scope } : {}) },
    credentials,
    checkpoints,
    clock,
    domainClock,
    random,
    signal,
    logger,
    shared,
  });
  // What an upstream gives no time for counts as observed when it was asked, by the clock of the domain.
  let requestedAt = domainClock.now();
  for await (const page of untilAborted(pages, signal)) {
    const domainNow = domainClock.now();
    const latestObservedAt = new Date(domainNow.getTime() + FUTURE_TOLERANCE_MS);
    const times: PageTimes = { now: clock.now(), requestedAt, domainNow, latestObservedAt };
    yield await inTransaction(database, (em) => storePage(em, page, context, times));
    const snapshot = page.snapshotComplete;
    if (snapshot) yield await inTransaction(database, (em) => storeSnapshot(em, snapshot, context, times));
    requestedAt = domainClock.now();
  }
}

/** A transaction, tried again where PostgreSQL gave it up for the sake of another (deadlock, serialization). */
async function inTransaction<Result>(
  database: RunDependencies['database'],
  work: (em: EntityManager) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.fork().transactional(work);
    } catch (error) {
      const known = translateDatabaseError(error);
      if (!(known instanceof ConflictError && known.retryable) || attempt >= TRANSACTION_ATTEMPTS) throw known;
    }
  }
}

function contractVersions({ connector }: ConfiguredSource): (stream: string) => string {
  const versions = new Map(connector.spec().streams.map((stream) => [stream.name, stream.contractVersion]));
  return (stream) => String(versions.get(stream) ?? 'unknown');
}
