import { ConnectorError } from '../kit/connector-error.ts';
import type { Sleep } from '../kit/sleep.ts';

/** A monotonic clock that only sleeping moves on, so that a backoff of a minute takes no time and is still counted. */
export interface VirtualTime {
  readonly sleep: Sleep;
  readonly monotonicMs: () => number;
  /** Every wait so far, in milliseconds. */
  readonly waits: readonly number[];
}

export function createVirtualTime(onSleep?: (ms: number) => void): VirtualTime {
  let nowMs = 0;
  const waits: number[] = [];
  return {
    waits,
    monotonicMs: () => nowMs,
    async sleep(ms, signal) {
      onSleep?.(ms);
      if (signal.aborted) throw ConnectorError.cancelled();
      waits.push(ms);
      nowMs += ms;
    },
  };
}
