import type { Database } from '../database/open-database.ts';
import type { ChangeFeed } from '../live/change-feed.ts';
import type { ReadinessCheck } from '../transport/status-routes.ts';

/** What `/readyz` looks at: without any of these clients are better served elsewhere. */
export function readinessChecks(parts: {
  database: Database;
  feed: ChangeFeed;
  countJobs: () => Promise<object>;
}): ReadinessCheck[] {
  const { database, feed, countJobs } = parts;
  return [
    {
      name: 'database',
      check: async () => {
        await database.ping();
        return undefined;
      },
    },
    { name: 'feed', check: async () => (feed.isFollowing() ? undefined : 'does not follow the change log') },
    {
      name: 'jobs',
      check: async () => {
        await countJobs();
        return undefined;
      },
    },
  ];
}
