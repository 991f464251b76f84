import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { untilAborted } from '../../src/sync/until-aborted.ts';

describe('what is read until a signal', () => {
  test('keeps none of the pages that were passed on, however long the read goes', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const pages: WeakRef<object>[] = [];
    async function* read() {
      for (let number = 0; number < 20; number += 1) {
        const page = { rows: Array.from({ length: 1_000 }, () => number) };
        pages.push(new WeakRef(page));
        yield page;
      }
    }
    let kept = Number.NaN;
    const stopping = new AbortController();
    for await (const _page of untilAborted(read(), stopping.signal)) {
      if (pages.length < 20) continue;
      await nextTurn();
      collectGarbage();
      kept = pages.filter((page) => page.deref() !== undefined).length;
    }
    // The one in hand, and at the most one that the engine has not let go of yet.
    expect(kept).toBeLessThanOrEqual(2);
  });

  test('ends at once with the reason, also where the source heeds nothing', async () => {
    const stopping = new AbortController();
    async function* hanging() {
      yield 1;
      await new Promise(() => undefined);
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of untilAborted(hanging(), stopping.signal)) {
        seen.push(item);
        stopping.abort(new Error('stop'));
      }
    })();
    await expect(reading).rejects.toThrow('stop');
    expect(seen).toEqual([1]);
  });

  test('passes on the failure of the source, and takes in one that comes after an abort', async () => {
    async function* failing() {
      yield 1;
      throw new Error('broken');
    }
    const collect = async (signal: AbortSignal) => Array.fromAsync(untilAborted(failing(), signal));
    await expect(collect(new AbortController().signal)).rejects.toThrow('broken');
    await expect(collect(AbortSignal.abort(new Error('stopped before')))).rejects.toThrow('stopped before');
  });
});
