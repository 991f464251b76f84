import type { Json } from '../../schema/kinds/fact-kind.ts';
import { type FactKindName, findFactKind } from '../../schema/kinds/index.ts';
import type { ConnectorContext, ReadPage } from './connector.ts';
import { convertPage } from './convert-page.ts';
import type { Upstream } from './http/upstream.ts';
import { MoveDetector } from './move-detector.ts';
import { PagingFault } from './paging/paging-fault.ts';
import type { MapContext, Stream } from './stream.ts';
import { makeConditional, parseCheckpoint, rememberValidator, type StreamCheckpoint } from './stream-checkpoint.ts';
import { type WalkedPage, walkPages } from './walk-pages.ts';

export interface StreamRead<Config> {
  readonly stream: Stream<Config>;
  readonly upstream: Upstream;
  readonly config: Config;
  readonly context: ConnectorContext;
  readonly lookups: MapContext<Config>['lookups'];
}

/** How a walk through the pages ended, and what it left to be stored. */
interface Walked {
  readonly checkpoint: StreamCheckpoint;
  readonly startedAt: Date;
  readonly requestedAt: Date;
  /** `moved`: the list changed its order or length while it was read, so that something may have been passed over. */
  readonly end: 'whole' | 'partly' | 'moved';
}

/**
 * Reads a stream page by page, going on where an earlier read was cut off. A list that moved while it was read, or whose
 * pages do not fit together, is read anew once. The last page of a snapshot that was read in one go and in full says so;
 * one with "not modified" in it does not, since nothing was seen anew.
 */
export async function* readStream<Config>(read: StreamRead<Config>): AsyncGenerator<ReadPage, void, undefined> {
  const { stream, context } = read;
  const stored = parseCheckpoint(context.checkpoints[stream.name], stream.contractVersion, context.clock.now());
  let walked: Walked | undefined;
  try {
    walked = yield* walkOnce(read, stored);
  } catch (error) {
    if (!(error instanceof PagingFault)) throw error;
    context.logger?.warn({ source: context.source.id, stream: stream.name }, `reading anew: ${error.message}`);
  }
  if (walked === undefined || walked.end === 'moved') {
    const { resume: _given, ...fromStart } = stored;
    walked = yield* walkOnce(read, fromStart);
  }
  yield lastPage(stream, walked);
}

async function* walkOnce<Config>(
  { stream, upstream, config, context, lookups }: StreamRead<Config>,
  stored: StreamCheckpoint,
): AsyncGenerator<ReadPage, Walked, undefined> {
  let requestedAt = context.clock.now();
  let checkpoint = stored;
  const startedAt = stored.resume ? new Date(stored.resume.startedAt) : requestedAt;
  const input = { config, memory: stored.memory, domainNow: context.domainClock.now() };
  const state = stored.resume ? (stored.resume.state ?? undefined) : stream.paginator.start(input);
  let isWhole = stored.resume === undefined;
  const detector = new MoveDetector();
  const pages = walkPages({
    upstream,
    config,
    state,
    paginator: stream.paginator,
    decode: stream.decode,
    onAsk: () => {
      requestedAt = context.clock.now();
    },
    prepare: (request) =>
      stream.conditional
        ? makeConditional(request, checkpoint, stream.conditional.refreshAfterMs, requestedAt)
        : request,
  });
  for await (const walked of pages) {
    if (walked.outcome !== 'answered') isWhole = false;
    const converted = convertPage(stream, config, context, lookups, walked.page);
    detector.add(converted.observations);
    checkpoint = advance(checkpoint, stream, walked, startedAt);
    // What was rejected is to come again, so the next request for it must not be answered with "not modified".
    if (stream.conditional && walked.answer && converted.rejections.length === 0) {
      checkpoint = rememberValidator(checkpoint, walked.request, walked.answer, requestedAt);
    }
    const requests = upstream.takeRequestCount();
    yield { stream: stream.name, requestedAt, requests, checkpoint: toJson(checkpoint), ...converted };
  }
  const end = detector.hasMoved ? 'moved' : isWhole ? 'whole' : 'partly';
  return { checkpoint, startedAt, requestedAt, end };
}

function advance<Config>(
  checkpoint: StreamCheckpoint,
  stream: Stream<Config>,
  walked: WalkedPage,
  startedAt: Date,
): StreamCheckpoint {
  const memory = stream.paginator.remember?.(checkpoint.memory, walked.state, walked) ?? checkpoint.memory;
  const resume = { state: walked.next ?? null, startedAt: startedAt.toISOString() };
  return { ...checkpoint, resume, ...(memory !== undefined && { memory }) };
}

/** Without observations: that the stream is through, and for a snapshot whether it was complete. */
function lastPage<Config>(stream: Stream<Config>, { checkpoint, startedAt, requestedAt, end }: Walked): ReadPage {
  const { resume: _through, ...rest } = checkpoint;
  const kinds = stream.kinds.filter((kind): kind is FactKindName => findFactKind(kind) !== undefined);
  const isComplete = stream.mode === 'snapshot' && end === 'whole' && kinds.length > 0;
  return {
    stream: stream.name,
    requestedAt,
    observations: [],
    rejections: [],
    read: 0,
    requests: 0,
    checkpoint: toJson(rest),
    ...(isComplete && { snapshotComplete: { stream: stream.name, startedAt, kinds } }),
  };
}

const toJson = (checkpoint: StreamCheckpoint): Json => checkpoint as unknown as Json;
