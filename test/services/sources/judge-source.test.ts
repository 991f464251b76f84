import { describe, expect, test } from '@jest/globals';
import { judgeFreshness, judgeSource, type SourceFacts } from '../../../src/services/sources/judge-source.ts';

const NOW = new Date('2025-06-27T05:15:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const success = (seconds: number) => ({ startedAt: ago(seconds + 2), finishedAt: ago(seconds) });
const ended = (state: string, over: object = {}) => ({
  state,
  at: ago(10),
  message: null,
  read: 40,
  rejected: 0,
  ...over,
});

const healthy: SourceFacts = {
  kind: 'pull',
  enabled: true,
  schedule: 'every 60 s',
  ttlSeconds: 600,
  pausedAt: null,
  lastEnded: ended('SUCCEEDED'),
  lastSuccess: success(10),
  failures: 0,
  lastHeardAt: ago(10),
};
const judge = (over: Partial<SourceFacts>) => judgeSource({ ...healthy, ...over }, NOW);

describe('the health of a source', () => {
  test.each<[string, Partial<SourceFacts>, string, RegExp]>([
    ['read in time', {}, 'OK', /^Read 2025-06-27T05:14:50/],
    ['that the file no longer names', { enabled: false }, 'OFF', /no longer names it/],
    ['that somebody paused', { pausedAt: ago(60) }, 'PAUSED', /^Paused since 2025-06-27T05:14:00.000Z; last read/],
    [
      'that pushes and that somebody paused',
      { kind: 'push', schedule: null, pausedAt: ago(60) },
      'PAUSED',
      /^Paused since 2025-06-27T05:14:00.000Z; last sent 2025-06-27T05:14:50/,
    ],
    [
      'that pushes and that somebody paused before it ever sent',
      { kind: 'push', schedule: null, pausedAt: ago(60), lastSuccess: null, lastHeardAt: null },
      'PAUSED',
      /; nothing was ever sent\.$/,
    ],
    ['never read', { lastEnded: null, lastSuccess: null, lastHeardAt: null }, 'NEVER_READ', /No run has ended yet/],
    [
      'whose last run failed',
      { lastEnded: ended('FAILED', { message: 'It does not answer.' }), failures: 1 },
      'FAILING',
      /^The last run failed: It does not answer\.$/,
    ],
    [
      'whose runs fail and fail',
      { lastEnded: ended('FAILED', { message: 'Bad key.' }), failures: 4, lastSuccess: null },
      'FAILING',
      /^The last 4 runs failed: Bad key\.$/,
    ],
    ['that is overdue', { lastSuccess: success(200) }, 'LATE', /overdue \(every 60 s\); last read/],
    [
      'whose runs come in time and not to their end',
      { lastSuccess: success(200), lastEnded: ended('PARTIAL', { message: 'The upstream asks to wait.' }) },
      'LATE',
      /^The upstream asks to wait\. It has not been read to its end in time; last read/,
    ],
    [
      'whose first run did not come to its end',
      { lastSuccess: null, lastHeardAt: null, lastEnded: ended('PARTIAL', { message: 'It asks to wait.', read: 0 }) },
      'PARTIAL',
      /^It asks to wait\.$/,
    ],
    ['that is overdue by less than an interval', { lastSuccess: success(100) }, 'OK', /^Read/],
    ['that left records out', { lastEnded: ended('PARTIAL', { rejected: 3 }) }, 'PARTIAL', /rejected 3 of 40 records/],
    [
      'that broke off in the middle',
      { lastEnded: ended('PARTIAL', { message: 'The upstream asks to wait.' }) },
      'PARTIAL',
      /^The upstream asks to wait\.$/,
    ],
    ['of operators', { kind: 'operator', schedule: null, lastSuccess: null }, 'OK', /Corrections by operators/],
    ['that pushes and has sent', { kind: 'push', schedule: null }, 'OK', /^Sent 2025/],
    [
      'that pushes and never has',
      { kind: 'push', schedule: null, lastHeardAt: null },
      'NEVER_READ',
      /Nothing has been sent/,
    ],
    [
      'that pushes and fell silent',
      { kind: 'push', schedule: null, lastHeardAt: ago(700) },
      'LATE',
      /counts for 600 s/,
    ],
    [
      'that pushes and counts for ever',
      { kind: 'push', schedule: null, ttlSeconds: null, lastHeardAt: ago(9e6) },
      'OK',
      /Sent/,
    ],
  ])('%s', (_what, over, health, reason) => {
    const judged = judge(over);
    expect(judged.health).toBe(health);
    expect(judged.healthReason).toMatch(reason);
  });

  test('is that it is switched off, before that it is paused, before that it fails', () => {
    const failing = { lastEnded: ended('FAILED'), failures: 1 };
    expect(judge({ ...failing, pausedAt: ago(5) }).health).toBe('PAUSED');
    expect(judge({ ...failing, pausedAt: ago(5), enabled: false }).health).toBe('OFF');
  });
});

describe('the lag of a source', () => {
  test.each<[string, Partial<SourceFacts>, number | null]>([
    ['is nothing while no run is due', { lastSuccess: success(10) }, 0],
    ['counts from when the next run was due, not from the last', { lastSuccess: success(98) }, 40],
    ['goes on while it is paused', { lastSuccess: success(98), pausedAt: ago(90) }, 40],
    // Read at 16:59 in Viet Nam on the day before; due at 17:00, which was 19 hours and 15 minutes ago.
    [
      'counts by the clock of Viet Nam',
      { schedule: '0 17 * * *', lastSuccess: { startedAt: new Date('2025-06-26T09:59:00Z'), finishedAt: ago(1) } },
      19 * 3_600 + 15 * 60,
    ],
    ['is not known of what was never read', { lastSuccess: null }, null],
    ['is none where nothing is due', { schedule: null }, null],
  ])('%s', (_what, over, lagSeconds) => {
    expect(judge(over).lagSeconds).toBe(lagSeconds);
  });
});

test.each([
  ['NEVER', null, 600, 0, null],
  ['FRESH', 599, 600, 0, null],
  ['STALE', 601, 600, 0, 1],
  ['PARTLY_STALE', 10, 600, 2, null],
  ['FRESH', 9_000_000, null, 0, null],
])('what was said is %s', (freshness, heard, ttlSeconds, stale, since) => {
  const facts = { ttlSeconds, lastHeardAt: heard === null ? null : ago(heard) };
  expect(judgeFreshness(facts, { statements: 5, stale }, NOW)).toEqual({
    freshness,
    staleSince: since === null ? null : ago(since),
  });
});
