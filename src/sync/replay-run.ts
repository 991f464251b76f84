import { LONG_BUDGET_MS } from '../../connectors/kit/common-config.ts';
import type { StreamSpec } from '../../connectors/kit/connector.ts';
import { PUSH_LABEL } from '../../connectors/kit/push/push.ts';
import { isMeasurementKind } from '../../schema/kinds/measurements.ts';
import { NotFoundError } from '../errors/index.ts';
import { carryOutRun } from './carry-out-run.ts';
import { storedAnswers, storedStreams } from './raw/stored-answers.ts';
import type { RunStep } from './run-counts.ts';
import type { RunDependencies, RunOutcome, RunRequest } from './run-dependencies.ts';
import { UnreadableAnswersError } from './run-failure.ts';
import { connectorContext, createPageContext, inTransaction, latestObservedAt } from './run-parts.ts';
import { type PageContext, storePage } from './store-page.ts';
import { untilAborted } from './until-aborted.ts';

export interface ReplayRequest extends Omit<RunRequest, 'range' | 'trigger'> {
  readonly trigger: 'replay';
  /** Default: every stream of which answers are kept. */
  readonly stream?: string;
  /** Only answers that were given in that time, by the hub clock. */
  readonly since?: Date;
  readonly until?: Date;
}

/**
 * Reads stored answers anew, by the contract and mapping of today, as of the times at which they were given. Moves no
 * checkpoint, completes no snapshot, makes nothing fresh; doing it again changes nothing. Of measurements the last answer
 * to each request is read, which corrects those before it. Answers that cannot be read are told: the run is partial, or has
 * failed where there is no other.
 */
export function replayRun(dependencies: RunDependencies, request: ReplayRequest): Promise<RunOutcome> {
  return carryOutRun(dependencies, request, {
    budgetMs: dependencies.timeBudgetMs ?? LONG_BUDGET_MS,
    work: ({ runId, signal }) => replayStreams(dependencies, request, runId, signal),
  });
}

async function* replayStreams(
  dependencies: RunDependencies,
  request: ReplayRequest,
  runId: number,
  signal: AbortSignal,
): AsyncGenerator<RunStep> {
  const context = await createPageContext(dependencies, request.source, runId);
  const answers = { readable: 0, unreadable: 0 };
  for (const stream of await streamsToReplay(dependencies, request)) {
    yield* replayStream(dependencies, request, context, stream, answers, signal);
  }
  if (answers.unreadable > 0) throw new UnreadableAnswersError(answers.unreadable, answers.readable > 0);
}

async function* replayStream(
  dependencies: RunDependencies,
  { source, since, until }: ReplayRequest,
  context: PageContext,
  stream: StreamSpec,
  answers: { readable: number; unreadable: number },
  signal: AbortSignal,
): AsyncGenerator<RunStep> {
  const { database, clock, domainClock } = dependencies;
  const isLastOnly = stream.kinds.every(isMeasurementKind);
  const selection = { sourceId: context.sourceId, stream: stream.name, since, until, isLastOnly };
  const given = connectorContext(dependencies, source, { signal, checkpoints: {} });
  const pages = source.connector.replay(given, stream.name, storedAnswers(database, selection));
  for await (const page of untilAborted(pages, signal)) {
    answers[page.isUnreadable ? 'unreadable' : 'readable'] += 1;
    if (page.isUnreadable) continue;
    const domainNow = domainClock.now();
    const times = {
      now: clock.now(),
      requestedAt: page.domainRequestedAt,
      seenAt: page.requestedAt,
      domainNow,
      latestObservedAt: latestObservedAt(domainNow),
    };
    const kept = { ...page, drift: [], checkpoint: undefined };
    yield await inTransaction(database, (em) => storePage(em, kept, context, times, { isReplay: true }));
  }
}

/** Throws where nothing is kept of what is asked for: a replay that does nothing must not look like one that did. */
async function streamsToReplay(
  { database, logger }: RunDependencies,
  { source, stream }: ReplayRequest,
): Promise<StreamSpec[]> {
  const sourceId = source.definition.id;
  const stored = new Map((await storedStreams(database, sourceId)).map((one) => [one.stream, one]));
  const wanted = replayable(source).filter(({ name }) => stream === undefined || name === stream);
  const found = wanted.filter(({ name }) => (stored.get(name)?.answers ?? 0) > 0);
  for (const { name } of wanted) {
    const { tooLarge = 0 } = stored.get(name) ?? {};
    if (tooLarge > 0)
      logger.warn({ sourceId, stream: name, tooLarge }, 'answers that were too large to be kept are left out');
  }
  if (found.length === 0) throw new NothingKeptError(sourceId, stream);
  return found;
}

/** What is asked for, and what is pushed. */
function replayable({ connector }: ReplayRequest['source']): StreamSpec[] {
  const { streams, push } = connector.spec();
  if (!push) return [...streams];
  const { kinds, contractVersion } = push;
  return [...streams, { name: PUSH_LABEL, kinds, mode: 'incremental', contractVersion }];
}

class NothingKeptError extends NotFoundError {
  constructor(sourceId: string, stream: string | undefined) {
    super('stored answer', sourceId);
    this.message = `No answer of ${stream === undefined ? sourceId : `stream ${stream} of ${sourceId}`} is kept. RAW_KEPT_DAYS, or keepRawFor of the source, says for how long they are; ask the upstream anew, or backfill a range.`;
  }
}
