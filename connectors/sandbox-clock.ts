import type { Clock } from './kit/index.ts';

export interface SandboxClockOptions {
  /** The real time at which the sandbox stood at `start`. Kept between starts, so that the same June goes on. */
  readonly anchorReal: Date;
  /** Sandbox time per real time; 1,440 makes a day a minute. */
  readonly speed: number;
  readonly start: Date;
  /** Here the clock stands still. */
  readonly end: Date;
  /** The real clock. */
  readonly clock: Clock;
}

/** Ten days, 25 June 2025 to the end of 4 July, local time: the last week before two-tier government and its first days. */
export const SANDBOX_START = new Date('2025-06-25T00:00:00+07:00');
export const SANDBOX_END = new Date('2025-07-05T00:00:00+07:00');

/** A clock that runs through the days of the sandbox at its own speed and stops at their end. */
export function createSandboxClock(options: SandboxClockOptions): Clock {
  const { anchorReal, speed, start, end, clock } = options;
  if (!(speed > 0)) throw new TypeError('The speed of the sandbox clock must be above 0.');
  return {
    now() {
      const elapsedMs = Math.max(0, clock.now().getTime() - anchorReal.getTime()) * speed;
      return new Date(Math.min(start.getTime() + elapsedMs, end.getTime()));
    },
  };
}
