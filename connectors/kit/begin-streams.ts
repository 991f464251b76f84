import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { ConnectorContext, ReadPage } from './connector.ts';
import type { Stream } from './stream.ts';
import { parseCheckpoint } from './stream-checkpoint.ts';

/**
 * The first checkpoint of each stream that was never read and goes back from now: where that reading begins. Stored before
 * anything is asked, a first read that fails for days still goes back from when it was first tried, and nothing of the
 * days between is lost.
 */
export function beginStreams<Config>(
  streams: readonly Stream<Config>[],
  config: Config,
  context: ConnectorContext,
): Readonly<Record<string, Json>> {
  const begun = streams.flatMap(({ name, contractVersion, paginator }): [string, Json][] => {
    const stored = parseCheckpoint(context.checkpoints[name], contractVersion, context.clock.now());
    if (stored.memory !== undefined) return [];
    const memory = paginator.begin?.({ config, memory: undefined, domainNow: context.domainClock.now() });
    return memory === undefined ? [] : [[name, { ...stored, memory } as unknown as Json]];
  });
  return Object.fromEntries(begun);
}

/** Brings a checkpoint and nothing else. */
export function beginPage(stream: string, checkpoint: Json, { clock, domainClock }: ConnectorContext): ReadPage {
  const asking = { requestedAt: clock.now(), domainRequestedAt: domainClock.now() };
  const nothing = { records: [], observations: [], rejections: [], drift: [], read: 0, requests: 0 };
  return { stream, ...asking, ...nothing, checkpoint };
}
