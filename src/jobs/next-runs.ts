import type { Clock } from '../lib/clock.ts';
import type { NextRuns } from '../services/sources/order-run.ts';
import { sourceOfScheduler } from './job-names.ts';
import type { JobQueue } from './queue-backend.ts';

/** The queue reads its schedulers one by one, so what it said is used again by whoever asks within this time. */
const KEPT_MS = 1_000;

/** When each source is due next, by the schedulers of the queue. Who asks meanwhile shares the answer. */
export function createNextRuns(queue: Pick<JobQueue, 'getJobSchedulers'>, clock: Clock): NextRuns {
  let answer: { readonly at: number; readonly runs: ReturnType<NextRuns> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (answer && now - answer.at < KEPT_MS) return answer.runs;
    const runs = read(queue);
    const asked = { at: now, runs };
    answer = asked;
    // A failure is for who asked, not for who comes later.
    runs.catch(() => {
      if (answer === asked) answer = undefined;
    });
    return runs;
  };
}

async function read(queue: Pick<JobQueue, 'getJobSchedulers'>): Promise<ReadonlyMap<string, Date>> {
  const runs = new Map<string, Date>();
  for (const { key, next } of await queue.getJobSchedulers()) {
    const source = sourceOfScheduler(key);
    if (source !== null && next !== undefined) runs.set(source, new Date(next));
  }
  return runs;
}
