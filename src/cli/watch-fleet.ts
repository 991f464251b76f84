import type { Database } from '../database/open-database.ts';
import { wait } from '../lib/wait.ts';
import { createSourceFollower } from '../services/sources/follow-sources.ts';
import { healthOfAll } from '../services/sources/source-state.ts';
import type { Fleet } from './fleet.ts';

/** News that come closer together than this are shown at once. */
const GATHER_MS = 250;

export interface WatchOptions {
  readonly database: Database;
  readonly fleet: Fleet;
  readonly signal: AbortSignal;
  /** Milliseconds after which it is shown anew though nothing happened, since ages grow; null: never. */
  readonly refreshMs: number | null;
  /** Called with the sources that changed, or null for the mere passing of time. */
  readonly show: (codes: readonly string[] | null) => Promise<void>;
}

/** Shows the sources each time that something happens to one. Resolves when the signal ends it; rejects without a database. */
export async function watchFleet({ database, fleet, signal, refreshMs, show }: WatchOptions): Promise<void> {
  const follower = createSourceFollower({ database, readHealth: () => healthOfAll(fleet.begin()) });
  const news = new Set<string>();
  let wake = new AbortController();
  const following = (async () => {
    for await (const code of follower.follow({ isWanted: () => true, signal })) {
      news.add(code);
      wake.abort();
    }
  })();
  let isOver = false;
  following
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      wake.abort();
    });
  try {
    while (!isOver) {
      await untilWoken(wake.signal, refreshMs);
      if (news.size > 0) await wait(GATHER_MS, signal).catch(() => undefined);
      wake = new AbortController();
      const codes = [...news];
      news.clear();
      if (!isOver && (codes.length > 0 || refreshMs !== null)) await show(codes.length > 0 ? codes : null);
    }
  } finally {
    await follower.stop();
  }
  await following;
}

/** Resolves when the signal is aborted, or after `ms`; null: not before. */
function untilWoken(signal: AbortSignal, ms: number | null): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  if (ms !== null) return wait(ms, signal).catch(() => undefined);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
