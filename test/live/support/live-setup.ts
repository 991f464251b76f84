import { realClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { ChangeFeed, type ChangeFeedOptions } from '../../../src/live/change-feed.ts';
import type { ChangeSource } from '../../../src/live/change-source.ts';
import type { SnapshotRows } from '../../../src/live/feed-field.ts';
import { toFeedOperation } from '../../../src/live/feed-operation.ts';
import type { FeedSubscription } from '../../../src/live/feed-subscription.ts';
import { LiveEngine } from '../../../src/live/live-engine.ts';
import { noLiveMetrics } from '../../../src/live/live-metrics.ts';
import type { PreparedOperation } from '../../../src/live/operation.ts';
import { anonymousRights, type Rights } from '../../../src/services/rights.ts';
import { RecordingSink } from './recording-sink.ts';
import {
  CHANGES,
  createTestContext,
  createTestFields,
  createTestPrepare,
  createTestSchema,
  formatTestError,
} from './test-schema.ts';

export interface LiveSetup {
  readonly feed: ChangeFeed;
  readonly engine: LiveEngine;
  /** Subscribes as a transport does. */
  open(request?: OpenRequest): { sink: RecordingSink; subscription: FeedSubscription };
  stop(): void;
}

export interface OpenRequest {
  readonly query?: string;
  readonly variables?: Record<string, unknown>;
  readonly rights?: Rights;
  readonly sink?: RecordingSink;
}

/** A feed and an engine on a log, with the test schema. */
export async function startLive(
  source: ChangeSource,
  options: Partial<ChangeFeedOptions> & {
    snapshot?: () => Promise<SnapshotRows>;
    createContext?: typeof createTestContext;
  } = {},
): Promise<LiveSetup> {
  const schema = createTestSchema();
  const prepare = createTestPrepare(schema);
  const { snapshot, createContext = createTestContext, ...feedOptions } = options;
  const feed = new ChangeFeed({
    source,
    clock: realClock,
    logger: silentLogger,
    metrics: noLiveMetrics,
    ...feedOptions,
  });
  const fields = createTestFields(snapshot);
  const engine = new LiveEngine({
    feed,
    source,
    fields,
    createContext,
    formatError: formatTestError,
    metrics: noLiveMetrics,
  });
  await feed.start();
  await feed.refresh();
  return {
    feed,
    engine,
    open: ({ query = CHANGES, variables = {}, rights = anonymousRights, sink = new RecordingSink() } = {}) => {
      const prepared = prepare({ query, variables }, rights) as PreparedOperation;
      const operation = toFeedOperation(prepared, rights, engine.fields);
      if (!operation) throw new Error('not a feed operation');
      return { sink, subscription: engine.open(operation, sink) };
    },
    stop: () => {
      engine.stop();
      feed.stop();
    },
  };
}
