import { afterEach } from '@jest/globals';
import { encodeCursor } from '../../../src/lib/cursor.ts';
import type { ReplayChangeSource } from '../../../src/live/replay-change-source.ts';
import { type LiveSetup, startLive } from './live-setup.ts';

/** Gives a function that starts a feed and an engine on a log in memory; they are stopped after each test. */
export function useLive(): (
  source: ReplayChangeSource,
  options?: Parameters<typeof startLive>[1],
) => Promise<LiveSetup> {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });
  return async (source, options = {}) => {
    const live = await startLive(source, options);
    stops.push(live.stop);
    return live;
  };
}

/** A cursor of the log in memory. */
export const cursorAt = (seq: number, epoch = 'replay'): string => encodeCursor({ epoch, seq });
