import { createSharedState } from '../../connectors/kit/shared-state.ts';
import type { Config } from '../config/index.ts';
import type { Database } from '../database/open-database.ts';
import { queuePlaceOf } from '../jobs/queue-place.ts';
import { type Jobs, startJobs } from '../jobs/start-jobs.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../observability/index.ts';
import { rawLimitsOf } from '../sync/raw/raw-limits.ts';
import { registerSources } from '../sync/register-sources.ts';
import { createCoordination } from '../sync/upstream/create-coordination.ts';
import { createWorkerIdentity } from '../sync/worker-identity.ts';
import type { OpenSources } from './open-sources.ts';
import { runMetrics } from './run-metrics.ts';
import { sourceAges } from './source-ages.ts';

export interface WorkerParts {
  readonly config: Pick<Config, 'redisUrl' | 'role' | 'rawKeptDays' | 'rawSourceMebibytes'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sources: OpenSources;
}

/** Registers the sources and opens the job queue; nothing runs before `jobs.run()`. A gateway only asks for runs. */
export async function startWorker(parts: WorkerParts): Promise<Jobs> {
  const { config, database, clock, random, logger, metrics, sources } = parts;
  const isWorker = config.role !== 'gateway';
  if (isWorker) {
    const definitions = sources.sources.map(({ definition }) => definition);
    const options = { simulated: sources.sandbox !== undefined, now: clock.now() };
    await registerSources(database.fork(), definitions, options);
  }
  const shared = createSharedState({ coordination: createCoordination({ database }) });
  const { onDrift, onRunEnd } = runMetrics(metrics);
  const jobs = await startJobs({
    place: await queuePlaceOf(database, config.redisUrl),
    database,
    clock,
    random,
    logger,
    run: {
      database,
      clock,
      domainClock: sources.domainClock,
      random,
      logger,
      me: await createWorkerIdentity(),
      shared,
      raw: rawLimitsOf(config),
      onDrift,
    },
    sources: sources.sources,
    isWorker,
    onRunEnd,
  });
  const stopWatchingQueue = metrics.watchQueue(() => jobs.counts());
  const stopWatchingFreshness = metrics.watchFreshness(() => sourceAges(database, clock));
  return {
    ...jobs,
    stop: async (limitMs) => {
      stopWatchingQueue();
      stopWatchingFreshness();
      await jobs.stop(limitMs);
      shared.close();
    },
  };
}
