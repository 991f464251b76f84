import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { singlePage } from '../../../connectors/kit/index.ts';
import { SnapshotDiff, type SnapshotMemory } from '../../../connectors/kit/snapshot-diff.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { FactObservation } from '../../../schema/observation.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const REFRESH_MS = 60_000;
const at = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
const says = (list: Readonly<Record<string, string>>): FactObservation[] =>
  Object.entries(list).map(([target, state]) => ({
    class: 'fact',
    kind: 'link',
    key: { province: '01', target },
    observedAt: NOW,
    attributes: { state },
  }));

/** One walk: what is passed on of the pages, what is counted, and what is remembered. */
function walk(
  memory: SnapshotMemory | undefined,
  pages: readonly Readonly<Record<string, string>>[],
  options: { seconds: number; canSkip?: boolean; isWhole?: boolean },
) {
  const { seconds, canSkip = true, isWhole = true } = options;
  const diff = new SnapshotDiff(memory, { refreshAfterMs: REFRESH_MS, now: at(seconds), canSkip });
  const passedOn = pages.flatMap((page) => diff.take(says(page))).map(({ key }) => (key as { target: string }).target);
  const { memory: after, counts } = diff.end(isWhole, at(seconds));
  return { passedOn, counts, memory: after, isFull: diff.isFull };
}
const counts = (added: number, amended: number, unchanged: number, withdrawn: number) => ({
  added,
  amended,
  unchanged,
  withdrawn,
});

describe('a snapshot beside the one before', () => {
  const first = walk(undefined, [{ A: 'UP', B: 'UP' }, { C: 'UP' }], { seconds: 0 });

  test('the first is passed on in full', () => {
    expect(first).toMatchObject({ passedOn: ['A', 'B', 'C'], isFull: true, counts: counts(3, 0, 0, 0) });
  });

  test('of the next, what is new and what is said otherwise', () => {
    const next = walk(
      first.memory,
      [
        { A: 'UP', B: 'DOWN' },
        { C: 'UP', D: 'UP' },
      ],
      { seconds: 10 },
    );
    expect(next).toMatchObject({ passedOn: ['B', 'D'], isFull: false, counts: counts(1, 1, 2, 0) });
  });

  test('nothing where nothing changed, until it is time to refresh all', () => {
    const next = walk(first.memory, [{ C: 'UP', B: 'UP', A: 'UP' }], { seconds: 59 });
    expect(next).toMatchObject({ passedOn: [], isFull: false });
    const later = walk(next.memory, [{ A: 'UP', B: 'UP', C: 'UP' }], { seconds: 60 });
    expect(later).toMatchObject({ passedOn: ['A', 'B', 'C'], isFull: true, counts: counts(0, 0, 3, 0) });
  });

  test('after something was withdrawn all is passed on, so that its absence is told', () => {
    const without = walk(first.memory, [{ A: 'UP', C: 'UP' }], { seconds: 10 });
    expect(without).toMatchObject({ passedOn: [], isFull: false, counts: counts(0, 0, 2, 1) });
    const next = walk(without.memory, [{ A: 'UP', C: 'UP' }], { seconds: 20 });
    expect(next).toMatchObject({ passedOn: ['A', 'C'], isFull: true, counts: counts(0, 0, 2, 0) });
    expect(walk(next.memory, [{ A: 'UP', C: 'UP' }], { seconds: 30 })).toMatchObject({ passedOn: [], isFull: false });
  });

  test('what comes back after it was withdrawn is new', () => {
    const without = walk(first.memory, [{ A: 'UP', C: 'UP' }], { seconds: 10 });
    const full = walk(without.memory, [{ A: 'UP', C: 'UP' }], { seconds: 20 });
    expect(walk(full.memory, [{ A: 'UP', B: 'UP', C: 'UP' }], { seconds: 30 })).toMatchObject({ passedOn: ['B'] });
  });

  test('a walk that did not bring all withdraws nothing, and forgets nothing', () => {
    const partly = walk(first.memory, [{ A: 'UP' }], { seconds: 10, isWhole: false });
    expect(partly.counts).toEqual(counts(0, 0, 1, 0));
    expect(walk(partly.memory, [{ A: 'UP', B: 'UP', C: 'UP' }], { seconds: 20 })).toMatchObject({ passedOn: [] });
  });

  test('a walk that goes on in the midst of a list skips nothing, and does not count as a refresh', () => {
    const resumed = walk(first.memory, [{ C: 'UP' }], { seconds: 50, canSkip: false, isWhole: false });
    expect(resumed).toMatchObject({ passedOn: ['C'], isFull: true });
    expect(walk(resumed.memory, [{ A: 'UP' }], { seconds: 61 }).isFull).toBe(true);
  });

  test('a list that is too long to be remembered is passed on in full each time', () => {
    const long = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`T${index}`, 'UP']));
    const once = walk(undefined, [long], { seconds: 0 });
    expect(once.memory).toEqual({ hashes: {} });
    expect(walk(once.memory, [long], { seconds: 1 }).passedOn).toHaveLength(10_001);
  });
});

describe('a stream that is compared with the snapshot before', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(() => server.stop());
  const connector = definePlain({
    streams: (stream) => [
      stream({
        name: 'things',
        kinds: ['link'],
        mode: 'snapshot',
        paginator: singlePage(() => ({ method: 'GET', path: '/things' })),
        decode: (body) => body as Json[],
        contract: z.object({ id: z.string(), state: z.enum(['UP', 'DOWN']) }),
        contractVersion: '1',
        map: ({ id, state }) => says({ [id]: state }),
        diff: { refreshAfterMs: REFRESH_MS },
      }),
    ],
  });

  test('tells that it is complete only where it passes on all, and gives a rejected record again', async () => {
    const answers = [
      [
        { id: 'A', state: 'UP' },
        { id: 'B', state: 'UP' },
      ],
      [
        { id: 'A', state: 'UP' },
        { id: 'B', state: '?' },
      ],
      [
        { id: 'A', state: 'UP' },
        { id: 'B', state: 'UP' },
      ],
    ];
    server = await startScripted((nth) => ({ body: answers[nth - 1] }));
    let checkpoints: Readonly<Record<string, Json>> = {};
    const told: unknown[] = [];
    for (const seconds of [0, 10, 20]) {
      bench = createBench(server.baseUrl, { checkpoints, clock: { now: () => at(seconds) } });
      const result = await readAll(connector, bench.context);
      bench.shared.close();
      ({ checkpoints } = result);
      const given = result.observations.map(({ key }) => (key as { target: string }).target);
      told.push([given, result.rejections.length, result.complete]);
    }
    expect(told).toEqual([
      [['A', 'B'], 0, ['things']],
      // B counts as withdrawn, so all comes again.
      [[], 1, []],
      [['A', 'B'], 0, ['things']],
    ]);
  });
});

test.each([
  { name: 'that refreshes at once', mode: 'snapshot', refreshAfterMs: 0, reason: /refreshes at once/ },
  { name: 'of what is no snapshot', mode: 'incremental', refreshAfterMs: 1, reason: /is read as incremental/ },
] as const)('a comparison $name is refused when it is declared', ({ mode, refreshAfterMs, reason }) => {
  const define = () =>
    definePlain({
      streams: (stream) => [
        stream({
          name: 's',
          kinds: ['link'],
          mode,
          paginator: singlePage(() => ({ method: 'GET', path: '/' })),
          decode: () => [],
          contract: z.unknown(),
          contractVersion: '1',
          map: () => [],
          diff: { refreshAfterMs },
        }),
      ],
    });
  expect(define).toThrow(reason);
});
