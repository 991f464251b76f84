import { describe, expect, test } from '@jest/globals';
import { mergeReads } from '../../../connectors/kit/merge-reads.ts';

/** A read that gives its items as the test lets it, and tells what happens to it. */
function createRead(name: string, log: string[]) {
  const gates: PromiseWithResolvers<string>[] = [];
  const gate = (nth: number): PromiseWithResolvers<string> => {
    const known = gates[nth];
    if (known) return known;
    const opened = Promise.withResolvers<string>();
    // One that is stopped before anybody waits for it is of no matter.
    opened.promise.catch(() => undefined);
    gates[nth] = opened;
    return opened;
  };
  async function* read(): AsyncGenerator<string, void, undefined> {
    try {
      for (let nth = 0; ; nth += 1) {
        log.push(`${name} asks ${nth}`);
        const item = await gate(nth).promise;
        if (item === 'end') return;
        yield item;
      }
    } finally {
      log.push(`${name} is over`);
    }
  }
  return {
    read: read(),
    give: (nth: number, item: string) => gate(nth).resolve(item),
    fail: (nth: number, reason: string) => gate(nth).reject(new Error(reason)),
  };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

function merge(concurrency: number, names: readonly string[]) {
  const log: string[] = [];
  const reads = names.map((name) => createRead(name, log));
  const stop = (): void => {
    log.push('stop');
    // What a read waits for ends with the signal of its run.
    for (const { fail } of reads) for (const nth of [0, 1, 2, 3]) fail(nth, 'stopped');
  };
  const merged = mergeReads(
    reads.map(({ read }) => read),
    { concurrency, stop },
  );
  return { log, reads: reads as [Read, Read, Read], merged };
}
type Read = ReturnType<typeof createRead>;

describe('reads that are merged', () => {
  test('go one after the other where there is to be one at a time', async () => {
    const { log, reads, merged } = merge(1, ['a', 'b']);
    const [a, b] = reads;
    a.give(0, 'a0');
    b.give(0, 'b0');
    for (const { give } of [a, b]) give(1, 'end');
    expect(await Array.fromAsync(merged)).toEqual(['a0', 'b0']);
    expect(log).toEqual(['a asks 0', 'a asks 1', 'a is over', 'b asks 0', 'b asks 1', 'b is over', 'stop']);
  });

  test('give what comes first, and one that ends makes room for the next', async () => {
    const { log, reads, merged } = merge(2, ['a', 'b', 'c']);
    const [a, b, c] = reads;
    b.give(0, 'b0');
    expect(await merged.next()).toEqual({ done: false, value: 'b0' });
    expect(log).toEqual(['a asks 0', 'b asks 0']);
    b.give(1, 'end');
    c.give(0, 'c0');
    expect(await merged.next()).toEqual({ done: false, value: 'c0' });
    expect(log).toEqual(['a asks 0', 'b asks 0', 'b asks 1', 'b is over', 'c asks 0']);
    c.give(1, 'end');
    a.give(0, 'a0');
    a.give(1, 'end');
    expect(await Array.fromAsync(merged)).toEqual(['a0']);
  });

  test('are asked for more only when what they gave was taken, while the others wait for theirs', async () => {
    const { log, reads, merged } = merge(2, ['a', 'b']);
    const [a, b] = reads;
    a.give(0, 'a0');
    a.give(1, 'a1');
    await merged.next();
    b.give(0, 'b0');
    await turns();
    expect(log).toEqual(['a asks 0', 'b asks 0']);
    await merged.return();
  });

  test('are each heard, however quick another is', async () => {
    const { reads, merged } = merge(2, ['a', 'b']);
    const [a, b] = reads;
    for (const nth of [0, 1, 2]) for (const [name, { give }] of Object.entries({ a, b })) give(nth, `${name}${nth}`);
    for (const { give } of [a, b]) give(3, 'end');
    expect(await Array.fromAsync(merged)).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  });

  test.each(['leaves', 'is thrown to'])('are all over when the taker %s', async (how) => {
    const { log, reads, merged } = merge(2, ['a', 'b', 'c']);
    reads[0].give(0, 'a0');
    await merged.next();
    if (how === 'leaves') await merged.return();
    else await expect(merged.throw(new Error('not stored'))).rejects.toThrow('not stored');
    expect(log.slice(2, 3)).toEqual(['stop']);
    expect(log.slice(3).sort()).toEqual(['a is over', 'b is over']);
  });

  test('are all over when one fails, which is what is told', async () => {
    const { log, reads, merged } = merge(2, ['a', 'b']);
    reads[1].fail(0, 'b is broken');
    await expect(merged.next()).rejects.toThrow('b is broken');
    expect(log).toEqual(['a asks 0', 'b asks 0', 'b is over', 'stop', 'a is over']);
  });

  test('may fail while another is taken: that is heard of at its turn, and ends no process', async () => {
    const { reads, merged } = merge(2, ['a', 'b']);
    reads[0].give(0, 'a0');
    await merged.next();
    reads[1].fail(0, 'b is broken');
    await turns();
    await expect(merged.next()).rejects.toThrow('b is broken');
  });
});
