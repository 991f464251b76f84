import { ConnectorError } from '../../../connectors/kit/connector-error.ts';
import type { Sleep } from '../../../connectors/kit/sleep.ts';

/** A clock that a test moves on; whoever sleeps wakes when their time has come. */
export interface SteppedTime {
  readonly monotonicMs: () => number;
  readonly sleep: Sleep;
  /** Lets that time pass, and everything that follows from it happen. */
  pass(ms: number): Promise<void>;
}

export function createSteppedTime(): SteppedTime {
  let nowMs = 0;
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { atMs: nowMs + ms, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(ConnectorError.cancelled());
        });
      }),
    async pass(ms) {
      nowMs += ms;
      await settle();
      for (const sleeper of [...sleepers].filter(({ atMs }) => atMs <= nowMs)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await settle();
    },
  };
}
