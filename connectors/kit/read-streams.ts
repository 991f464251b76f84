import { beginPage, beginStreams } from './begin-streams.ts';
import type { ConnectorContext, ReadPage } from './connector.ts';
import { ConnectorError, throwIfCancelled } from './connector-error.ts';
import type { Upstream } from './http/upstream.ts';
import type { ReadLookups } from './lookup.ts';
import { mergeReads } from './merge-reads.ts';
import { readQueue } from './read-queue.ts';
import { readStream } from './read-stream.ts';
import type { Stream } from './stream.ts';
import { UnfinishedError } from './unfinished-error.ts';
import { WholeProgress } from './whole-progress.ts';

/** An upstream as one run asks it, and what the run goes by. */
export interface OpenSource<Config> {
  readonly config: Config;
  readonly upstream: Upstream;
  readonly readLookups: ReadLookups<Config>;
  /** Streams that are read at once. */
  readonly concurrency: number;
}

/**
 * Reads every stream once, as many of them at once as the source is configured with. Streams stand by themselves: one
 * that fails does not keep the others from being read, and the first failure is thrown once they are through: of
 * something that is broken before that of a limit that was met. Bad credentials or settings would only fail again: they end
 * all.
 */
export async function* readStreams<Config>(
  streams: readonly Stream<Config>[],
  context: ConnectorContext,
  open: (context: ConnectorContext) => OpenSource<Config>,
): AsyncGenerator<ReadPage, void, undefined> {
  const stop = new AbortController();
  const stoppable = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) };
  const source = open(stoppable);
  const wanted = streamsToRead(streams, context);
  const begun = context.range ? {} : beginStreams(wanted, source.config, context);
  for (const [stream, checkpoint] of Object.entries(begun)) yield beginPage(stream, checkpoint, context);
  const reading = { ...stoppable, checkpoints: { ...context.checkpoints, ...begun } };
  const progress = new WholeProgress(wanted.length);
  let failure: ConnectorError | undefined;
  const reads = wanted.map((stream) =>
    readOne(stream, reading, source, progress, (error) => {
      if (failure === undefined || (isOnlyUnfinished(failure) && !isOnlyUnfinished(error))) failure = error;
    }),
  );
  yield* mergeReads(reads, { concurrency: source.concurrency, stop: () => stop.abort() });
  if (failure) throw failure;
}

/** Nothing is broken: the next run goes on. */
const isOnlyUnfinished = (error: ConnectorError): boolean => error instanceof UnfinishedError;

async function* readOne<Config>(
  stream: Stream<Config>,
  context: ConnectorContext,
  { config, upstream, readLookups }: OpenSource<Config>,
  progress: WholeProgress,
  onFailure: (error: ConnectorError) => void,
): AsyncGenerator<ReadPage, void, undefined> {
  try {
    const lookups = await readLookups(stream);
    const reading = { stream, upstream, config, context, lookups };
    const { queue } = stream;
    yield* progress.of(queue ? readQueue({ ...reading, queue }) : readStream(reading));
  } catch (error) {
    throwIfCancelled(context.signal);
    if (!(error instanceof ConnectorError) || error.code === 'UPSTREAM_CONFIGURATION') throw error;
    const fields = { source: context.source.id, stream: stream.name, code: error.code };
    // Where nothing is broken, that the run says so is enough.
    context.logger?.[isOnlyUnfinished(error) ? 'debug' : 'warn'](fields, error.message);
    onFailure(error);
  }
}

/** Those that are read in a run: all of them, or for a backfill those that can be read back. */
function streamsToRead<Config>(
  streams: readonly Stream<Config>[],
  { range, source }: ConnectorContext,
): readonly Stream<Config>[] {
  if (!range) return streams;
  const ranged = streams.filter(({ paginator }) => paginator.isRanged);
  if (ranged.length > 0) return ranged;
  throw ConnectorError.of(
    'configuration',
    `The upstream of source ${source.id} tells only what is so now: nothing of it can be read back. Stored answers can be replayed.`,
  );
}
