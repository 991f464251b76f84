import type { ConnectorContext, ReadPage, StoredRaw } from './connector.ts';
import { ConnectorError } from './connector-error.ts';
import { convertPage } from './convert-page.ts';
import type { MapContext, Stream } from './stream.ts';

export interface StreamReplay<Config> {
  readonly stream: Stream<Config>;
  readonly config: Config;
  readonly context: ConnectorContext;
  readonly lookups: MapContext<Config>['lookups'];
}

/** What is told of a stored answer that cannot be read. */
export const UNREADABLE = {
  isUnreadable: true,
  records: [],
  observations: [],
  rejections: [],
  drift: [],
  read: 0,
} as const satisfies Partial<ReadPage>;

/**
 * What stored answers say by the contract and mapping of today. One that cannot be read any more (its frame is another by
 * now) is told by a page without records and in the log, and the others go on.
 */
export async function* replayStream<Config>(
  { stream, config, context, lookups }: StreamReplay<Config>,
  raws: AsyncIterable<StoredRaw>,
): AsyncGenerator<ReadPage, void, undefined> {
  for await (const raw of raws) {
    const { requestedAt, domainRequestedAt } = raw;
    const asking = { stream: stream.name, requestedAt, domainRequestedAt, requests: 0, checkpoint: undefined };
    const conversion = { stream, config, context, lookups, domainNow: domainRequestedAt };
    try {
      for await (const body of (stream.queue?.format ?? stream.format).read(raw)) {
        const records = stream.queue ? [body] : stream.decode(body, config);
        const converted = convertPage(conversion, records);
        yield { ...asking, ...converted };
      }
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'CANCELLED') throw error;
      const fields = { source: context.source.id, stream: stream.name, requestedAt };
      context.logger?.warn(
        fields,
        `a stored answer cannot be read: ${error instanceof Error ? error.message : 'unknown'}`,
      );
      yield { ...asking, ...UNREADABLE };
    } finally {
      await raw.body.dispose();
    }
  }
}
