import assert from 'node:assert/strict';
import { cancelCase } from './cancel-case.ts';
import { randomFaultsRun } from './random-faults.ts';
import { textsOf } from './read-all.ts';
import { read, type SuiteSubject } from './suite-bench.ts';
import { truthOf } from './truth.ts';

/** Other stories than those that are told with one stream at a time. */
const SEEDS = [101, 102, 103];

/**
 * All streams at once bring what they bring one after the other: whole, cut off after any page, struck by faults, or
 * cancelled. A connector of one stream has nothing to read at once.
 */
export async function concurrencyCase(subject: SuiteSubject): Promise<void> {
  const { streams } = subject.connector.spec();
  if (streams.length < 2) return;
  const atOnce = { ...subject, config: { ...subject.config, concurrency: streams.length } };
  const truth = await truthOf(subject);
  const whole = await read(atOnce);
  assert.equal(whole.error, undefined);
  assert.deepEqual(textsOf(whole.observations), textsOf(truth.observations));
  assert.deepEqual([...whole.complete].sort(), [...truth.complete].sort());
  for (let killedAfter = 1; killedAfter < truth.pages.length; killedAfter += 1) {
    const { observations, checkpoints } = await read(atOnce, { killedAfter });
    const rest = await read(atOnce, { checkpoints });
    const both = textsOf([...observations, ...rest.observations]);
    assert.deepEqual(both, textsOf(truth.observations), `killed after page ${killedAfter}`);
  }
  for (const seed of SEEDS) await randomFaultsRun(atOnce, seed);
  await cancelCase(atOnce);
}
