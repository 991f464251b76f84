import type { Json } from '../../schema/kinds/fact-kind.ts';
import { type FactKindName, findFactKind } from '../../schema/kinds/index.ts';
import { createConditions } from './conditions.ts';
import type { ConnectorContext, ReadPage } from './connector.ts';
import { convertPage } from './convert-page.ts';
import type { Format } from './formats/format.ts';
import type { Upstream } from './http/upstream.ts';
import { MoveDetector } from './move-detector.ts';
import type { Paginator, ReadProgress } from './paging/paginator.ts';
import { PagingFault } from './paging/paging-fault.ts';
import { rawAnswer } from './raw-answer.ts';
import { SnapshotDiff } from './snapshot-diff.ts';
import type { MapContext, Stream } from './stream.ts';
import { parseCheckpoint, type StreamCheckpoint } from './stream-checkpoint.ts';
import { type WalkedPage, walkPages } from './walk-pages.ts';

export interface StreamRead<Config> {
  readonly stream: Stream<Config>;
  readonly upstream: Upstream;
  readonly config: Config;
  readonly context: ConnectorContext;
  readonly lookups: MapContext<Config>['lookups'];
}

/** When a page was asked for, by the clock of the hub and by that of the domain. */
type Asking = Pick<ReadPage, 'requestedAt' | 'domainRequestedAt'>;

/** How a walk through the pages ended, and what it left to be stored. */
interface Walked {
  readonly checkpoint: StreamCheckpoint;
  readonly startedAt: Date;
  readonly asking: Asking;
  /** `moved`: the list changed its order or length while it was read, so that something may have been passed over. */
  readonly end: 'whole' | 'partly' | 'moved';
  /** Whether everything was passed on that came, so that what was not is absent. */
  readonly isFull: boolean;
}

/**
 * Reads a stream page by page, going on where an earlier read was cut off. A list that moved while it was read, or whose
 * pages do not fit together, is read anew once. The last page of a snapshot that was read in one go and in full says so;
 * one with "not modified" in it does not, since nothing was seen anew.
 */
export async function* readStream<Config>(read: StreamRead<Config>): AsyncGenerator<ReadPage, void, undefined> {
  const { stream, context } = read;
  // A backfill begins where it is told to, and leaves what the next run goes on from as it is.
  const known = context.range ? undefined : context.checkpoints[stream.name];
  const stored = parseCheckpoint(known, stream.contractVersion, context.clock.now());
  let walked: Walked | undefined;
  try {
    walked = yield* walkOnce(read, stored);
  } catch (error) {
    if (!(error instanceof PagingFault)) throw error;
    // Lists move; where it is more than that, the run ends with it.
    context.logger?.info({ source: context.source.id, stream: stream.name }, `reading anew: ${error.message}`);
  }
  if (walked === undefined || walked.end === 'moved') {
    const { resume: _given, ...fromStart } = stored;
    walked = yield* walkOnce(read, fromStart);
  }
  if (!context.range) yield lastPage(stream, walked);
}

async function* walkOnce<Config>(
  { stream, upstream, config, context, lookups }: StreamRead<Config>,
  stored: StreamCheckpoint,
): AsyncGenerator<ReadPage, Walked, undefined> {
  const { range } = context;
  const ask = (): Asking => ({ requestedAt: context.clock.now(), domainRequestedAt: context.domainClock.now() });
  let asking = ask();
  let checkpoint = stored;
  const startedAt = stored.resume ? new Date(stored.resume.startedAt) : asking.requestedAt;
  const input = { config, memory: stored.memory, domainNow: asking.domainRequestedAt, ...(range && { range }) };
  const state = stored.resume ? (stored.resume.state ?? undefined) : stream.paginator.start(input);
  let isWhole = stored.resume === undefined;
  let isPartial = false;
  let hasRejected = false;
  // What was rejected before a read was cut off is not known any more.
  let hasGap = stored.resume !== undefined;
  const conditions = createConditions(stream.conditional, stored.resume !== undefined);
  const detector = new MoveDetector();
  const canSkip = stored.resume === undefined && !range;
  const diff = stream.diff && new SnapshotDiff(stored.snapshot, { ...stream.diff, now: startedAt, canSkip });
  const pages = walkPages({
    upstream,
    config,
    state,
    format: stream.format,
    paginator: stream.paginator,
    decode: stream.decode,
    onAsk: () => {
      asking = ask();
    },
    prepare: (request) => conditions.prepare(request, checkpoint, asking.requestedAt),
  });
  let rows = 0;
  for await (const walked of pages) {
    rows = (walked.part.isFirst ? 0 : rows) + (walked.page?.records.length ?? 0);
    const progress = progressOf(stream, walked, rows);
    isPartial = stream.paginator.isPartial?.(walked.state) ?? false;
    if (!isPartial && !bringsAll(stream, walked)) isWhole = false;
    const { isFirst, isLast } = walked.part;
    const conversion = { stream, config, context, lookups, domainNow: context.domainClock.now() };
    const converted = convertPage(conversion, walked.page?.records ?? []);
    // What comes in one answer cannot have moved within it, and a large one would fill the memory.
    // Documents stand by themselves: two of them may say the same.
    if (isFirst && isLast && stream.mode !== 'document') detector.add(converted.observations);
    const observations = diff?.take(converted.observations) ?? converted.observations;
    hasRejected = isToComeAgain(converted) || (hasRejected && !isFirst);
    hasGap ||= hasRejected;
    checkpoint = detector.hasMoved
      ? startOf(checkpoint)
      : advance(checkpoint, stream, { ...walked, hasGap }, startedAt);
    if (diff) checkpoint = { ...checkpoint, snapshot: diff.memory() };
    // The same news would only be rejected again: the next answer in full, after a while, is soon enough.
    const isOpen = detector.hasMoved || (hasRejected && stream.mode === 'snapshot');
    if (isLast) checkpoint = conditions.after(walked, isOpen, checkpoint, asking.requestedAt);
    yield {
      stream: stream.name,
      ...asking,
      requests: upstream.takeRequestCount(),
      checkpoint: range ? undefined : toJson(checkpoint),
      ...(walked.answer && isFirst && { raw: rawAnswer(walked.request, walked.answer, stream.format) }),
      ...converted,
      observations,
      ...(progress && { progress }),
    };
  }
  const end = detector.hasMoved ? 'moved' : isWhole && !isPartial ? 'whole' : 'partly';
  const ended = diff?.end(end === 'whole', startedAt);
  if (ended) {
    checkpoint = { ...checkpoint, snapshot: ended.memory };
    context.logger?.debug({ source: context.source.id, stream: stream.name, ...ended.counts }, 'compared with before');
  }
  checkpoint = conditions.end(end === 'whole', checkpoint);
  return { checkpoint, startedAt, asking, end, isFull: diff?.isFull ?? true };
}

/** How far a stream is read. `rows`: those of the answer so far, in which a large one in several pages is counted. */
function progressOf(
  { paginator, format }: { readonly paginator: Paginator<never>; readonly format: Format },
  walked: WalkedPage,
  rows: number,
): ReadProgress | undefined {
  if (paginator.progress) return walked.part.isLast ? paginator.progress(walked.state, walked) : undefined;
  const total = walked.answer && format.rowsIn?.(walked.answer.headers);
  return total === undefined ? undefined : { done: rows, total };
}

/** Whether a page has all that was asked for: nothing was seen anew where it is "not modified". */
function bringsAll<Config>({ isWhole }: Stream<Config>, { outcome, page }: WalkedPage): boolean {
  return outcome === 'answered' && (!isWhole || !page || isWhole(page.body));
}

/** Whether a page has records that a mended contract or map would read otherwise: rejected ones, or codes that no map knows. */
function isToComeAgain({ rejections, drift }: Pick<ReadPage, 'rejections' | 'drift'>): boolean {
  return rejections.length > 0 || drift.some(({ kind }) => kind === 'UNMAPPED_CODE');
}

/** A list that moved is read again from where this read began, by this run or, where that fails, by the next. */
function startOf({ resume: _passedOver, ...checkpoint }: StreamCheckpoint): StreamCheckpoint {
  return checkpoint;
}

function advance<Config>(
  checkpoint: StreamCheckpoint,
  stream: Stream<Config>,
  walked: WalkedPage,
  startedAt: Date,
): StreamCheckpoint {
  const resume = { state: walked.next ?? null, startedAt: startedAt.toISOString() };
  if (!walked.part.isLast) return { ...checkpoint, resume };
  const memory = stream.paginator.remember?.(checkpoint.memory, walked.state, walked) ?? checkpoint.memory;
  return { ...checkpoint, resume, ...(memory !== undefined && { memory }) };
}

/** Without observations: that the stream is through, and for a snapshot whether it was complete. */
function lastPage<Config>(stream: Stream<Config>, { checkpoint, startedAt, asking, end, isFull }: Walked): ReadPage {
  const { resume: _through, ...rest } = checkpoint;
  const kinds = stream.kinds.filter((kind): kind is FactKindName => findFactKind(kind) !== undefined);
  const isComplete = stream.mode === 'snapshot' && end === 'whole' && isFull && kinds.length > 0;
  return {
    stream: stream.name,
    ...asking,
    records: [],
    observations: [],
    rejections: [],
    drift: [],
    read: 0,
    requests: 0,
    progress: { done: 1, total: 1 },
    checkpoint: toJson(rest),
    ...(isComplete && { snapshotComplete: { stream: stream.name, startedAt, kinds } }),
  };
}

const toJson = (checkpoint: StreamCheckpoint): Json => checkpoint as unknown as Json;
