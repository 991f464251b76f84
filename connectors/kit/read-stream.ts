import type { Json } from '../../schema/kinds/fact-kind.ts';
import { type FactKindName, findFactKind } from '../../schema/kinds/index.ts';
import type { Observation } from '../../schema/observation.ts';
import type { ConnectorContext, ReadPage, RejectedRecord } from './connector.ts';
import type { Upstream } from './http/upstream.ts';
import type { RejectionSetting } from './rejection.ts';
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

/**
 * Reads a stream page by page, going on where an earlier read was cut off. The last page of a snapshot that was read in
 * full says so; one with "not modified" in it does not, since nothing was seen anew.
 */
export async function* readStream<Config>(read: StreamRead<Config>): AsyncGenerator<ReadPage, void, undefined> {
  const { stream, upstream, config, context } = read;
  let requestedAt = context.clock.now();
  let checkpoint = parseCheckpoint(context.checkpoints[stream.name], stream.contractVersion, requestedAt);
  const startedAt = checkpoint.resume ? new Date(checkpoint.resume.startedAt) : requestedAt;
  const input = { config, memory: checkpoint.memory, domainNow: context.domainClock.now() };
  const state = checkpoint.resume ? (checkpoint.resume.state ?? undefined) : stream.paginator.start(input);
  let isComplete = true;

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
    if (walked.outcome !== 'answered') isComplete = false;
    checkpoint = advance(checkpoint, stream, walked, startedAt, requestedAt);
    const requests = upstream.takeRequestCount();
    yield { stream: stream.name, requestedAt, requests, checkpoint: toJson(checkpoint), ...convertPage(read, walked) };
  }
  const { resume: _done, ...rest } = checkpoint;
  const factKinds = stream.kinds.filter((kind): kind is FactKindName => findFactKind(kind) !== undefined);
  const snapshotComplete = { stream: stream.name, startedAt, kinds: factKinds };
  const isWholeSnapshot = stream.mode === 'snapshot' && isComplete && factKinds.length > 0;
  yield {
    stream: stream.name,
    requestedAt,
    observations: [],
    rejections: [],
    read: 0,
    requests: 0,
    checkpoint: toJson(rest),
    ...(isWholeSnapshot && { snapshotComplete }),
  };
}

function advance<Config>(
  checkpoint: StreamCheckpoint,
  stream: Stream<Config>,
  walked: WalkedPage,
  startedAt: Date,
  requestedAt: Date,
): StreamCheckpoint {
  const memory = stream.paginator.remember?.(checkpoint.memory, walked.state, walked) ?? checkpoint.memory;
  const resume = { state: walked.next ?? null, startedAt: startedAt.toISOString() };
  const advanced = { ...checkpoint, resume, ...(memory !== undefined && { memory }) };
  if (!stream.conditional || !walked.answer) return advanced;
  return rememberValidator(advanced, walked.request, walked.answer, requestedAt);
}

function convertPage<Config>(
  { stream, config, context, lookups }: StreamRead<Config>,
  { page }: WalkedPage,
): Pick<ReadPage, 'observations' | 'rejections' | 'read'> {
  const observations: Observation[] = [];
  const rejections: RejectedRecord[] = [];
  const mapContext: MapContext<Config> = { config, lookups, domainNow: context.domainClock.now() };
  const setting: RejectionSetting = {
    stream: stream.name,
    contractVersion: stream.contractVersion,
    secrets: Object.values(context.credentials),
  };
  for (const record of page?.records ?? []) {
    const converted = stream.convert(record, mapContext, setting);
    if ('rejection' in converted) rejections.push(converted.rejection);
    else observations.push(...converted.observations);
  }
  return { observations, rejections, read: page?.records.length ?? 0 };
}

const toJson = (checkpoint: StreamCheckpoint): Json => checkpoint as unknown as Json;
