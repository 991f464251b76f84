import type { CallTime } from '../../connectors/testkit/over-limit.ts';

const TICK_MS = 10;
/** A call is accepted, read and heard of in turns of the event loop that follow each other. */
const TURNS = 3;

export interface CallClock {
  /** When what is heard of now came in: since the event loop turned some turns ago, which is long where it stood still. */
  now(): Exclude<CallTime, number>;
  stop(): void;
}

/** Tells when calls came in to this process, which may be too busy to hear of them at once. */
export function startCallClock(): CallClock {
  const turns = Array.from({ length: TURNS + 1 }, () => performance.now());
  const timer = setInterval(() => {
    turns.push(performance.now());
    turns.shift();
  }, TICK_MS);
  timer.unref();
  return {
    now: () => ({ fromMs: turns[0] as number, toMs: performance.now() }),
    stop: () => clearInterval(timer),
  };
}
