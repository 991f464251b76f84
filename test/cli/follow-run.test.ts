import { expect, test } from '@jest/globals';
import { progressWords } from '../../src/cli/follow-run.ts';
import { NO_COUNTS } from '../../src/sync/run-counts.ts';

test.each([
  ['a share where it is known, and never more than is done', 37.9, '37 %, 40 records, 3 changes'],
  ['nothing of it where it is not', null, '40 records, 3 changes'],
  ['nothing of it where nothing was told yet', undefined, '40 records, 3 changes'],
])('a run that goes on is told with %s', (_what, percent, words) => {
  expect(progressWords({ ...NO_COUNTS, read: 40, changes: 3 }, percent)).toBe(words);
});
