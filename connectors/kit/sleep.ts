import { ConnectorError } from './connector-error.ts';

/** Waits; rejects with CANCELLED as soon as the signal aborts, and leaves no timer behind. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const realSleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(ConnectorError.cancelled());
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(ConnectorError.cancelled());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });

/** The promise, or CANCELLED as soon as the signal aborts; the work behind the promise goes on for whoever shares it. */
export function orCancelled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(ConnectorError.cancelled());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    // Heard in any case: a failure that nobody waits for any more must not end the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
