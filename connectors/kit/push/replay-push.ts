import type { ConnectorContext, ReadPage, StoredRaw } from '../connector.ts';
import { UNREADABLE } from '../replay-stream.ts';
import { orderByReceipt } from './order-by-receipt.ts';
import { PUSH_LABEL, type PushContext, type ReceivedPush } from './push.ts';

/** How a stored delivery is read: by its media type, without a signature, which was checked when it came. */
export type ReadStored = (contentType: string, rawBody: Buffer, context: PushContext) => ReceivedPush;

/**
 * What stored deliveries say by the contract and mapping of today, as of the times at which they came. One that cannot be
 * read any more is told by a page without records and in the log, and the others go on.
 */
export async function* replayPush(
  read: ReadStored,
  lane: string,
  context: ConnectorContext,
  raws: AsyncIterable<StoredRaw>,
): AsyncGenerator<ReadPage, void, undefined> {
  for await (const raw of raws) {
    const { requestedAt, domainRequestedAt, provinces } = raw;
    const asking = { stream: PUSH_LABEL, requestedAt, domainRequestedAt, requests: 0, checkpoint: undefined };
    try {
      const asThen = { ...context, domainClock: { now: () => domainRequestedAt } };
      const { records, drift } = read(raw.headers['content-type'] ?? '', await raw.body.buffer(), asThen);
      const sound = records
        .filter(({ rejection }) => rejection === undefined)
        .map(({ record, observations }) => ({
          record,
          observations: observations.map((observation) => orderByReceipt(observation, requestedAt)),
        }));
      yield {
        ...asking,
        lane,
        ...(provinces && { provinces }),
        records: sound,
        observations: sound.flatMap(({ observations }) => observations),
        rejections: records.flatMap(({ rejection }) => rejection ?? []),
        drift,
        read: records.length,
      };
    } catch (error) {
      const fields = { source: context.source.id, requestedAt };
      const reason = error instanceof Error ? error.message : 'unknown';
      context.logger?.warn(fields, `a stored delivery cannot be read: ${reason}`);
      yield { ...asking, ...UNREADABLE };
    } finally {
      await raw.body.dispose();
    }
  }
}
