import assert from 'node:assert/strict';
import { type ReadResult, textsOf } from './read-all.ts';
import { read, type SuiteSubject } from './suite-bench.ts';

/** What a stand-in holds at one moment: a run without faults. */
export interface Truth extends ReadResult {
  /** Its observations as texts. */
  readonly held: ReadonlySet<string>;
  /** Requests that it took, with sign-in. */
  readonly requests: number;
}

const known = new WeakMap<SuiteSubject, Map<number, Promise<Truth>>>();

/** The truth at the moment where the stand-in's clock stands; read once, since nothing moves while it does. */
export function truthOf(subject: SuiteSubject): Promise<Truth> {
  const ofSubject = known.get(subject) ?? new Map<number, Promise<Truth>>();
  known.set(subject, ofSubject);
  const now = subject.domainClock.now().getTime();
  const truth = ofSubject.get(now) ?? readTruth(subject);
  ofSubject.set(now, truth);
  return truth;
}

/** The truth, read afresh. */
export async function readTruth(subject: SuiteSubject): Promise<Truth> {
  const result = await read(subject, { isTrial: true });
  assert.equal(result.error, undefined);
  assert.ok(result.observations.length > 0, 'the stand-in holds nothing at this moment');
  assert.deepEqual(result.rejections, []);
  const drift = result.pages.flatMap((page) => page.drift);
  assert.deepEqual(drift, [], 'the stand-in says what its contract does not name');
  const requests = result.pages.reduce((sum, page) => sum + page.requests, 0);
  return { ...result, held: new Set(textsOf(result.observations)), requests };
}
