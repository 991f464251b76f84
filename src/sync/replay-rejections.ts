import { LONG_BUDGET_MS } from '../../connectors/kit/common-config.ts';
import type { ConvertedRecord, ReadPage } from '../../connectors/kit/connector.ts';
import { PUSH_LABEL } from '../../connectors/kit/push/push.ts';
import type { Observation } from '../../schema/observation.ts';
import { carryOutRun } from './carry-out-run.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { type PreparationContext, prepareObservation } from './prepare-observation.ts';
import {
  countOpenRejections,
  isCut,
  nextOpenRejections,
  type OpenRejection,
  openStreams,
  type RetriedRejection,
  recordRetries,
  rejectedObservation,
} from './rejected-records.ts';
import type { RunStep } from './run-counts.ts';
import type { RunDependencies, RunOutcome, RunRequest } from './run-dependencies.ts';
import { connectorContext, createPageContext, inTransaction, latestObservedAt } from './run-parts.ts';
import { announceTotal } from './run-record.ts';
import { type PageContext, type PageTimes, storePage } from './store-page.ts';

export interface ReplayRejectionsRequest extends Omit<RunRequest, 'range' | 'trigger'> {
  /** Default: all that are open. */
  readonly ids?: readonly number[];
}

const BATCH = 500;

/**
 * Tries rejected records of a source again, by the contract, mapping and reference data of today. What is taken is
 * settled and counts as observed when it was last rejected, where it has no time of its own; what is not keeps its record
 * with the reason of today. Doing it again changes nothing.
 */
export function replayRejections(dependencies: RunDependencies, request: ReplayRejectionsRequest): Promise<RunOutcome> {
  return carryOutRun(
    dependencies,
    { ...request, trigger: 'replay' },
    {
      budgetMs: dependencies.timeBudgetMs ?? LONG_BUDGET_MS,
      work: ({ runId, signal }) => retryAll(dependencies, request, runId, signal),
    },
  );
}

async function* retryAll(
  dependencies: RunDependencies,
  { source, ids }: ReplayRejectionsRequest,
  runId: number,
  signal: AbortSignal,
): AsyncGenerator<RunStep> {
  const { database } = dependencies;
  const context = await createPageContext(dependencies, source, runId);
  const { sourceId } = context;
  const total = await countOpenRejections(database, sourceId, ids);
  await announceTotal(database.fork(), runId, total);
  let done = 0;
  for (const { stream, lastId: untilId } of await openStreams(database, sourceId)) {
    for (let afterId = 0; ; ) {
      signal.throwIfAborted();
      const open = await nextOpenRejections(database, { sourceId, stream, afterId, untilId, ids, count: BATCH });
      const last = open.at(-1);
      if (!last) break;
      afterId = last.id;
      done += open.length;
      yield await retryBatch(dependencies, { source, context, stream, signal, progress: { done, total } }, open);
    }
  }
}

interface RetryParts {
  readonly source: ConfiguredSource;
  readonly context: PageContext;
  readonly stream: string;
  readonly signal: AbortSignal;
  readonly progress: NonNullable<ReadPage['progress']>;
}

async function retryBatch(
  dependencies: RunDependencies,
  parts: RetryParts,
  open: readonly OpenRejection[],
): Promise<RunStep> {
  const { database, clock, domainClock } = dependencies;
  const { context } = parts;
  const domainNow = domainClock.now();
  const now = clock.now();
  const tried = await tryAgain(dependencies, parts, open, latestObservedAt(domainNow));
  const retries = tried.map(({ retry }) => retry);
  const page: ReadPage = {
    stream: laneOf(parts),
    requestedAt: now,
    domainRequestedAt: domainNow,
    observations: tried.flatMap(({ observations }) => observations),
    rejections: [],
    drift: [],
    read: open.length,
    requests: 0,
    progress: parts.progress,
    checkpoint: undefined,
  };
  const times: PageTimes = {
    now,
    requestedAt: domainNow,
    // Of the oldest: what was said then must not make the source look alive.
    seenAt: open[0]?.at ?? now,
    domainNow,
    latestObservedAt: latestObservedAt(domainNow),
  };
  return inTransaction(database, async (em) => {
    await recordRetries(em, retries, { sourceId: context.sourceId, runId: context.runId, now });
    const rejected = retries.filter(({ still }) => still !== undefined).length;
    return storePage(em, page, context, times, { isReplay: true, rejected });
  });
}

/** The stream whose statements they are: what is pushed may be the early word of what is read. */
function laneOf({ source, stream }: RetryParts): string {
  return (stream === PUSH_LABEL && source.connector.push?.spec.stream) || stream;
}

interface Tried {
  readonly retry: RetriedRejection;
  readonly observations: readonly Observation[];
}

async function tryAgain(
  dependencies: RunDependencies,
  { source, context, stream, signal }: RetryParts,
  open: readonly OpenRejection[],
  latest: Date,
): Promise<Tried[]> {
  const contractVersion = context.contractVersionOf(stream);
  const records = open.filter(({ record }) => !isCut(record) && !rejectedObservation(record));
  const given = connectorContext(dependencies, source, { signal, checkpoints: {} });
  const converted =
    records.length === 0
      ? []
      : await source.connector.convertRejected(
          given,
          stream,
          records.map(({ record }) => record),
        );
  const byId = new Map(records.map(({ id }, index) => [id, converted[index] as ConvertedRecord]));
  return open.map((rejection): Tried => {
    const result = byId.get(rejection.id) ?? withoutConnector(rejection, stream, contractVersion);
    return judge(rejection, result, { ...context, latestObservedAt: latest }, contractVersion);
  });
}

/** For what the connector need not be asked: observations that the hub refused, and records that were cut. */
function withoutConnector(rejection: OpenRejection, stream: string, contractVersion: string): ConvertedRecord {
  const observation = isCut(rejection.record) ? undefined : rejectedObservation(rejection.record);
  if (observation) return { observations: [observation] };
  const reason =
    'only the beginning of the record is kept, so it cannot be tried again by itself; replay the stored answers of its stream';
  return { rejection: { stream, reason, record: rejection.record, contractVersion } };
}

/** A record of which one statement is refused stays rejected as a whole. */
function judge(
  { id, at, domainAt }: OpenRejection,
  result: ConvertedRecord,
  context: PreparationContext,
  contractVersion: string,
): Tried {
  if ('rejection' in result) {
    const { reason, path } = result.rejection;
    return {
      retry: { id, still: { reason, path, contractVersion: result.rejection.contractVersion } },
      observations: [],
    };
  }
  const observedThen = result.observations.map((observation) =>
    observation.class === 'fact' && observation.observedAt === null
      ? { ...observation, observedAt: domainAt ?? at }
      : observation,
  );
  for (const observation of observedThen) {
    const prepared = prepareObservation(observation, context);
    if ('reason' in prepared) return { retry: { id, still: { ...prepared, contractVersion } }, observations: [] };
  }
  return { retry: { id }, observations: observedThen };
}
