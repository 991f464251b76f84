import { expect, test } from '@jest/globals';
import { DelayedError } from 'bullmq';
import { waitForOther } from '../../src/jobs/come-again.ts';
import type { SyncJob } from '../../src/jobs/job-names.ts';
import { pagesOf, standInSource } from '../sync/stand-in.ts';

// A Friday, 17:20 in Viet Nam.
const NOW = new Date('2025-06-27T10:20:00Z');
const weekdays = { cron: '15 17 * * 1-5' };
const MONDAY = '2025-06-30T10:15:00.000Z';

/** What became of a job that met another run: when it comes again, or null where it is done with. */
async function afterMeeting(schedule: object, over: Partial<SyncJob>, now = NOW) {
  const data: SyncJob = { sourceId: 'stand-in', trigger: 'schedule', ...over };
  let again: number | null = null;
  let kept: object = data;
  const job = {
    name: 'sync',
    data,
    moveToDelayed: async (at: number) => {
      again = at - now.getTime();
    },
    updateData: async (changed: object) => {
      kept = changed;
    },
  };
  const source = standInSource(pagesOf(), { schedule: schedule as never });
  const waiting = waitForOther({ job, token: 't' }, source, now);
  await waiting.catch((error) => expect(error).toBeInstanceOf(DelayedError));
  return { again, waitsUntil: (kept as SyncJob).waitsUntil };
}

test.each<[string, object, Partial<SyncJob>, Date, unknown]>([
  ['a turn of a weekday waits, until the next at most', weekdays, {}, NOW, { again: 2_000, waitsUntil: MONDAY }],
  ['one that waits remembers that', weekdays, { waitsUntil: MONDAY }, NOW, { again: 2_000, waitsUntil: MONDAY }],
  [
    'one in whose place the next comes is done with',
    weekdays,
    { waitsUntil: MONDAY },
    new Date('2025-06-30T10:14:00Z'),
    { again: null, waitsUntil: MONDAY },
  ],
  [
    'a turn that the next follows soon is left to that',
    { everySeconds: 60, jitterSeconds: 0 },
    {},
    NOW,
    { again: null },
  ],
  ['what somebody asked for waits however long', { everySeconds: 5 }, { trigger: 'request' }, NOW, { again: 2_000 }],
])('%s', async (_name, schedule, over, now, expected) => {
  expect(await afterMeeting(schedule, over, now)).toEqual(expected);
});
