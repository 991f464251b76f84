import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Asks every `everyMs` until the answer is true; false when `limitMs` have passed without it. */
export async function waitUntil(
  question: () => boolean | Promise<boolean>,
  { limitMs, everyMs = 20, signal }: { limitMs: number; everyMs?: number; signal?: AbortSignal },
): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!(await question())) {
    if (performance.now() >= end) return false;
    await wait(everyMs, signal);
  }
  return true;
}
