import { describe, expect, test } from '@jest/globals';
import { type CallTime, overLimit } from '../../connectors/testkit/over-limit.ts';

const span = (fromMs: number, toMs: number): CallTime => ({ fromMs, toMs });

describe('calls that are held against a limit', () => {
  const limit = { requestsPerSecond: 1, burst: 2 };

  test.each<[string, CallTime[], CallTime[]]>([
    ['a burst and then one a second', [0, 0, 1000, 2000], []],
    ['a burst again after a pause, and no more than that', [0, 0, 9000, 9000, 9001], [9001]],
    ['one too early is over', [0, 0, 900], [900]],
    ['what is over spends a token all the same', [0, 0, 900, 1000], [900, 1000]],
    ['a span in which it could have come in time', [0, 0, span(500, 1500)], []],
    ['a span that ends too early', [0, 0, span(500, 900)], [span(500, 900)]],
    ['two of one span, of which each could have come in time', [0, 0, span(500, 2500), span(500, 2500)], []],
    ['two of one span that had time for one', [0, 0, span(500, 1900), span(500, 1900)], [span(500, 1900)]],
    ['one that came late makes no room for more than the burst', [0, 0, span(1000, 5000), 5000, 5000, 5000], [5000]],
    ['none', [], []],
  ])('%s', (_what, calls, over) => {
    expect(overLimit(calls, limit)).toEqual(over);
  });
});
