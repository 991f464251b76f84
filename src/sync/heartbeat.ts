import type { Logger } from '../lib/logger.ts';
import { HEARTBEAT_INTERVAL_MS } from './vanished-runs.ts';

/**
 * Says every few seconds that a run is alive, also while its upstream keeps it waiting. Calls `onLost` once the run was
 * given up. A beat that fails (the database restarts) is not the end: the next one tells.
 * @returns what ends it; after that no beat is under way.
 */
export function startHeartbeat(options: {
  beat: () => Promise<boolean>;
  onLost: () => void;
  logger: Logger;
  intervalMs?: number;
}): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let busy = false;
  const tick = async (): Promise<void> => {
    try {
      if (!(await options.beat())) options.onLost();
    } catch (error) {
      options.logger.warn({ reason: (error as Error).message }, 'the heartbeat of a run failed; trying again');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    current = tick();
  }, options.intervalMs ?? HEARTBEAT_INTERVAL_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await current;
  };
}
