import { LONG_BUDGET_MS } from '../../connectors/kit/common-config.ts';
import type { ConvertedRecord, ConvertRejected, ReadPage, ReadRecord } from '../../connectors/kit/connector.ts';
import { orderByReceipt } from '../../connectors/kit/push/order-by-receipt.ts';
import { PUSH_LABEL } from '../../connectors/kit/push/push.ts';
import type { Observation } from '../../schema/observation.ts';
import type { ToldMeasurement } from '../unify/told-rows.ts';
import { carryOutRun } from './carry-out-run.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { judgeRecord } from './judge-records.ts';
import { PeriodBound } from './period-bound.ts';
import {
  countOpenRejections,
  isCut,
  nextOpenRejections,
  type OpenRejection,
  openStreams,
  type RetriedRejection,
  recordRetries,
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
 * settled and counts as observed and told when it was last rejected, where it has no time of its own; what is not keeps its
 * record with the reason of today. Doing it again changes nothing.
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
  const convert = source.connector.convertRejected(connectorContext(dependencies, source, { signal, checkpoints: {} }));
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
      yield await retryBatch(dependencies, { source, context, convert, stream, progress: { done, total } }, open);
    }
  }
}

interface RetryParts {
  readonly source: ConfiguredSource;
  readonly context: PageContext;
  readonly convert: ConvertRejected;
  readonly stream: string;
  readonly progress: NonNullable<ReadPage['progress']>;
}

async function retryBatch(
  dependencies: RunDependencies,
  parts: RetryParts,
  open: readonly OpenRejection[],
): Promise<RunStep> {
  const { database, clock, domainClock } = dependencies;
  const { context, stream, source } = parts;
  const domainNow = domainClock.now();
  const now = clock.now();
  const tried = await tryAgain(parts, open, latestObservedAt(domainNow));
  const retries = tried.map(({ retry }) => retry);
  // Of what an answer says twice the later counts, so what was told last comes last.
  const records = tried
    .flatMap(({ record, toldAt }) => (record ? [{ record, toldAt }] : []))
    .sort((one, other) => one.toldAt.getTime() - other.toldAt.getTime())
    .map(({ record }) => record);
  const lane = stream === PUSH_LABEL ? source.connector.push?.spec.stream : undefined;
  const page: ReadPage = {
    stream,
    ...(lane !== undefined && { lane }),
    requestedAt: now,
    domainRequestedAt: domainNow,
    records,
    observations: records.flatMap(({ observations }) => observations),
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

interface Tried {
  readonly retry: RetriedRejection;
  readonly toldAt: Date;
  /** What is taken; undefined where it is still rejected. */
  readonly record?: ReadRecord;
}

async function tryAgain(
  { context, convert, stream }: RetryParts,
  open: readonly OpenRejection[],
  latest: Date,
): Promise<Tried[]> {
  const whole = open.filter(({ record }) => !isCut(record));
  const records = whole.map(({ record }) => record);
  const converted = records.length === 0 ? [] : await convert(stream, records);
  const byId = new Map(whole.map(({ id }, index) => [id, converted[index] as ConvertedRecord]));
  const contractVersion = context.contractVersionOf(stream);
  const periods = new PeriodBound();
  return open.map((rejection): Tried => {
    const { id, record, lastAt: toldAt } = rejection;
    const still = (reason: string, path: string | undefined, version = contractVersion): Tried => ({
      retry: { id, still: { reason, path, contractVersion: version } },
      toldAt,
    });
    const result = byId.get(id);
    if (!result) return still(CUT, undefined);
    if ('rejection' in result) {
      const { reason, path, contractVersion: version } = result.rejection;
      return still(reason, path, version);
    }
    const observations = result.observations.map((observation) => asOfThen(observation, rejection));
    const judged = judgeRecord(observations, {
      ...context,
      scopes: rejection.provinces ? [...context.scopes, { of: 'key', provinces: rejection.provinces }] : context.scopes,
      contractVersion,
      periods,
      latestObservedAt: latest,
    });
    if ('faults' in judged) return still(judged.faults[0].reason, judged.faults[0].path);
    return { retry: { id }, toldAt, record: { record, observations } };
  });
}

const CUT =
  'only the beginning of the record is kept, so it cannot be tried again by itself; replay the stored answers of its stream';

/** As it was told when it was last rejected: what came since stays above it. */
function asOfThen(given: Observation, { stream, at, lastAt, domainAt }: OpenRejection): Observation {
  if (given.class === 'measurement') return { ...given, toldAt: lastAt } as ToldMeasurement;
  const observation = stream === PUSH_LABEL ? orderByReceipt(given, lastAt) : given;
  return observation.class === 'fact' && observation.observedAt === null
    ? { ...observation, observedAt: domainAt ?? at }
    : observation;
}
