/** Where time comes from. Nothing reads `Date.now()` by itself, so that tests and the sandbox can choose the time. */
export interface Clock {
  now(): Date;
}

/** The time of the machine. */
export const realClock: Clock = { now: () => new Date() };
