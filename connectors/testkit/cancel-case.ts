import assert from 'node:assert/strict';
import { createSeededRandom } from '../kit/sandbox/seeded-random.ts';
import { textsOf } from './read-all.ts';
import { onBench, read, type SuiteSubject } from './suite-bench.ts';
import { truthOf } from './truth.ts';

/** How many moments between two turns of the event loop are tried, besides every call, page and wait. */
const RANDOM_MOMENTS = 30;

/** A run that is cancelled, wherever it is, says so, says nothing else, and asks for nothing more. */
export async function cancelCase(subject: SuiteSubject): Promise<void> {
  const truth = await truthOf(subject);
  for (let at = 1; at <= truth.requests; at += 1) {
    await cancelled(subject, `at call ${at}`, (abort) => ({ end: onCall(subject, at, abort) }));
  }
  await cancelled(subject, 'while it hangs', (abort) => {
    subject.control.addFault({ upstream: subject.upstream, fault: 'hang', nth: 1, times: 10 });
    return { end: onCall(subject, 1, () => setImmediate(abort)) };
  });
  for (let at = 1; at <= 3; at += 1) {
    await cancelled(subject, `in wait ${at} of a backoff`, (abort) => {
      subject.control.addFault({ upstream: subject.upstream, fault: '503', nth: 1, times: 1000 });
      let waits = 0;
      return { onSleep: () => void (++waits === at && abort()) };
    });
  }
  for (let at = 1; at < truth.pages.length; at += 1) await cancelAfterPage(subject, at);
  await cancelAnywhere(subject);
}

interface Arranged {
  readonly end?: () => void;
  readonly onSleep?: () => void;
}

async function cancelled(subject: SuiteSubject, what: string, arrange: (abort: () => void) => Arranged): Promise<void> {
  const controller = new AbortController();
  const { end, onSleep } = arrange(() => controller.abort());
  const result = await read(subject, { signal: controller.signal, ...(onSleep && { onSleep }) });
  end?.();
  assert.equal(result.error?.code, 'CANCELLED', `cancelled ${what}`);
}

function onCall(subject: SuiteSubject, nth: number, act: () => void): () => void {
  let calls = 0;
  return subject.control.onCall((upstream) => {
    if (upstream !== subject.upstream) return;
    calls += 1;
    if (calls === nth) act();
  });
}

/** Cancelled by whoever takes the pages, while the run waits for the next to be wanted. */
async function cancelAfterPage(subject: SuiteSubject, nth: number): Promise<void> {
  const controller = new AbortController();
  await onBench(subject, { signal: controller.signal }, async ({ context }) => {
    const pages = subject.connector.read(context);
    for (let page = 1; page <= nth; page += 1) await pages.next();
    const before = subject.control.calls(subject.upstream);
    controller.abort();
    const next = await pages.next().then(
      ({ done }) => (done ? 'ended' : 'another page'),
      (error: { code?: string }) => error.code,
    );
    // The last page may say only that all was read, which needs nobody any more.
    if (next !== 'another page') assert.equal(next, 'CANCELLED', `cancelled after page ${nth}`);
    assert.deepEqual(subject.control.calls(subject.upstream), before, `it asks on, cancelled after page ${nth}`);
    await pages.return();
  });
}

/**
 * Cancelled at turns of the event loop and steps of its queue that a seed chooses: inside signing in, sending, reading a
 * body, decoding. A run that was through by then is whole.
 */
async function cancelAnywhere(subject: SuiteSubject): Promise<void> {
  const truth = await truthOf(subject);
  const random = createSeededRandom(11);
  const turns = await countTurns(subject);
  for (let nth = 0; nth < RANDOM_MOMENTS; nth += 1) {
    const turn = Math.floor(random() * turns);
    const steps = Math.floor(random() * 12);
    const controller = new AbortController();
    const timer = afterTurns(turn, steps, () => controller.abort());
    const result = await read(subject, { signal: controller.signal });
    timer.stop();
    const what = `cancelled in turn ${turn}, step ${steps}`;
    const given = textsOf(result.observations);
    assert.ok(
      given.every((text) => truth.held.has(text)),
      `something is invented, ${what}`,
    );
    if (result.error) assert.equal(result.error.code, 'CANCELLED', what);
    else assert.equal(given.length, truth.held.size, `it says nothing and is not whole, ${what}`);
  }
}

/** Calls back after so many turns of the event loop and so many steps of its queue of promises. */
function afterTurns(turns: number, steps: number, act: () => void): { stop: () => void } {
  let left = turns;
  let isStopped = false;
  const turn = async (): Promise<void> => {
    if (isStopped) return;
    if (left-- > 0) {
      setImmediate(() => void turn());
      return;
    }
    for (let step = 0; step < steps; step += 1) await null;
    act();
  };
  void turn();
  return {
    stop: () => {
      isStopped = true;
    },
  };
}

async function countTurns(subject: SuiteSubject): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await read(subject);
  isOver = true;
  return turns;
}
