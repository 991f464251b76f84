import { expect, test } from '@jest/globals';
import { createNextRuns } from '../../src/jobs/next-runs.ts';

const NEXT = Date.parse('2025-06-27T05:15:00Z');
const schedulers = [{ key: 'source-khcn', next: NEXT }, { key: 'hub-sweep', next: NEXT }, { key: 'source-gone' }];

function watched(answers: Array<() => Promise<typeof schedulers>>) {
  let asked = 0;
  let now = 0;
  const getJobSchedulers = () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return (answer as () => Promise<typeof schedulers>)();
  };
  const nextRuns = createNextRuns({ getJobSchedulers }, { now: () => new Date(now) });
  return { nextRuns, asked: () => asked, pass: (ms: number) => (now += ms) };
}

test('gives when each source is due, and nothing of the hub itself', async () => {
  const { nextRuns } = watched([async () => schedulers]);
  expect([...(await nextRuns())]).toEqual([['khcn', new Date(NEXT)]]);
});

test('asks the queue once for all who ask within a second', async () => {
  const { nextRuns, asked, pass } = watched([async () => schedulers]);
  await Promise.all([nextRuns(), nextRuns()]);
  pass(999);
  await nextRuns();
  expect(asked()).toBe(1);
  pass(1);
  await nextRuns();
  expect(asked()).toBe(2);
});

test('keeps no failure for those who come later', async () => {
  const { nextRuns } = watched([() => Promise.reject(new Error('away')), async () => schedulers]);
  await expect(nextRuns()).rejects.toThrow('away');
  expect((await nextRuns()).size).toBe(1);
});
