import { describe, expect, test } from '@jest/globals';
import { wait, waitUntil } from '../../src/lib/wait.ts';

describe('wait', () => {
  test('rejects with the reason of the signal, before and during', async () => {
    const reason = new Error('stop');
    await expect(wait(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const stopping = new AbortController();
    const waiting = wait(60_000, stopping.signal);
    stopping.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test('resolves when the time has passed', async () => {
    await expect(wait(1)).resolves.toBeUndefined();
  });
});

describe('waitUntil', () => {
  test('is true as soon as the answer is', async () => {
    let asked = 0;
    expect(await waitUntil(() => ++asked === 3, { limitMs: 60_000, everyMs: 1 })).toBe(true);
    expect(asked).toBe(3);
  });

  test('is false when the limit has passed without it', async () => {
    expect(await waitUntil(() => false, { limitMs: 5, everyMs: 1 })).toBe(false);
  });
});
