import { measurementKinds } from '../../schema/kinds/measurements.ts';
import type { Database } from '../database/open-database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { comingMoments, ensurePartitions } from '../unify/measurement-partitions.ts';

/**
 * Makes the partitions of measurements of the days to come, so that no page of a run has to. Those that are being read for
 * too long just now are left for the next time, or for the first page that needs them.
 */
export async function makeComingPartitions(parts: {
  readonly database: Pick<Database, 'fork'>;
  readonly domainClock: Clock;
  readonly logger: Logger;
}): Promise<void> {
  const { database, domainClock, logger } = parts;
  for (const kind of Object.values(measurementKinds)) {
    try {
      await database
        .fork()
        .transactional((em) => ensurePartitions(em.getKysely() as never, kind, comingMoments(kind, domainClock.now())));
    } catch (error) {
      logger.warn({ kind: kind.name, reason: (error as Error).message }, 'partitions could not be made ahead');
    }
  }
}
