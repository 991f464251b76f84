import assert from 'node:assert/strict';
import { FAULT_NAMES } from '../kit/sandbox/faults.ts';
import { budgetCase, rateLimitCase } from './budget-cases.ts';
import { cancelCase } from './cancel-case.ts';
import { habitsCase, textFormCase, typedCase, unknownCodeCase } from './common-truths.ts';
import { concurrencyCase } from './concurrency-case.ts';
import { faultCase } from './fault-cases.ts';
import { incrementalCase } from './incremental-case.ts';
import { randomFaultsRun } from './random-faults.ts';
import { type ReadResult, textOf, textsOf } from './read-all.ts';
import { secretCase } from './secret-case.ts';
import { signInCase } from './sign-in-case.ts';
import { onBench, read, type SuiteSubject } from './suite-bench.ts';
import { readTruth, truthOf } from './truth.ts';

export type { SuiteSubject } from './suite-bench.ts';

export interface SuiteCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * The cases that every connector inherits, to be run by any test runner. Together they say: a run gives what the
 * upstream holds, or says why not; it never invents, and never loses without saying so. One that only
 * pushes is not asked (`isAsked`), so nothing is read; `push-cases.ts` has the cases of what it sends.
 */
export function connectorCases(getSubject: () => SuiteSubject, isAsked = true): SuiteCase[] {
  return [
    { name: 'says what it needs and brings', run: () => specCase(getSubject()) },
    { name: 'checks good credentials and wrong ones', run: () => checkCase(getSubject()) },
    ...(isAsked ? readCases(getSubject) : [{ name: 'has nothing to read', run: () => pushOnlyCase(getSubject()) }]),
    { name: 'tells no secret', run: () => secretCase(getSubject()) },
  ];
}

function readCases(getSubject: () => SuiteSubject): SuiteCase[] {
  return [
    { name: 'reads the same twice', run: () => twiceCase(getSubject()) },
    { name: 'repeats one page at most after a kill at any page', run: () => resumeCase(getSubject()) },
    ...FAULT_NAMES.map((fault) => ({
      name: `neither invents nor silently loses anything under ${fault}`,
      run: () => faultCase(getSubject(), fault),
    })),
    {
      name: 'says every value in the type of its kind, whatever the upstream writes',
      run: () => typedCase(getSubject()),
    },
    { name: 'says the same of composed and of decomposed text', run: () => textFormCase(getSubject()) },
    { name: 'calls an unknown code unmapped, and guesses none', run: () => unknownCodeCase(getSubject()) },
    { name: 'is held against the habits of its upstream', run: () => habitsCase(getSubject()) },
    { name: 'says why it cannot sign in, and does not storm the door', run: () => signInCase(getSubject()) },
    { name: 'survives random faults by a seed', run: () => randomFaultsCase(getSubject()) },
    { name: 'knows by reads in a row what a fresh read tells', run: () => incrementalCase(getSubject()) },
    { name: 'ends at once when it is cancelled, wherever it waits', run: () => cancelCase(getSubject()) },
    { name: 'brings the same with all its streams at once', run: () => concurrencyCase(getSubject()) },
    { name: 'keeps to its time and request budgets', run: () => budgetCase(getSubject()) },
    { name: 'asks no faster than its limit, run after run', run: () => rateLimitCase(getSubject()) },
  ];
}

async function specCase({ connector, credentials }: SuiteSubject): Promise<void> {
  const spec = connector.spec();
  assert.equal(spec.id, connector.id);
  assert.ok(spec.streams.length > 0 || spec.push, 'it brings nothing');
  assert.deepEqual([...spec.credentials].sort(), Object.keys(credentials).sort());
  // Who only pushes has no address.
  assert.equal(JSON.stringify(spec.config).includes('baseUrl'), spec.streams.length > 0);
  assert.equal(spec.rateLimit !== undefined, spec.streams.length > 0);
}

async function pushOnlyCase(subject: SuiteSubject): Promise<void> {
  const { pages, error } = await read(subject);
  assert.deepEqual({ pages, error }, { pages: [], error: undefined });
}

async function checkCase(subject: SuiteSubject): Promise<void> {
  const { connector } = subject;
  const good = await onBench(subject, {}, ({ context }) => connector.check(context));
  assert.deepEqual({ ok: good.ok, code: good.code }, { ok: true, code: undefined });
  const names = Object.keys(subject.credentials);
  // An upstream that asks nobody who they are refuses nobody.
  if (names.length === 0) return;
  // Whether the secret of one that only pushes is right shows when it does.
  if (connector.spec().streams.length > 0) {
    const wrong = Object.fromEntries(names.map((name) => [name, 'wrong-secret-value']));
    const refused = await onBench(subject, { credentials: wrong }, ({ context }) => connector.check(context));
    assert.deepEqual({ ok: refused.ok, code: refused.code }, { ok: false, code: 'UPSTREAM_CONFIGURATION' });
  }
  const missing = await onBench(subject, { credentials: {} }, ({ context }) => connector.check(context));
  assert.equal(missing.code, 'UPSTREAM_CONFIGURATION');
  for (const name of names) assert.match(missing.message, new RegExp(name));
}

async function twiceCase(subject: SuiteSubject): Promise<void> {
  const first = await truthOf(subject);
  const second = await readTruth(subject);
  assert.deepEqual(textsOf(second.observations), textsOf(first.observations));
  const snapshots = subject.connector.spec().streams.filter(({ mode }) => mode === 'snapshot');
  assert.deepEqual(
    first.complete,
    snapshots.map(({ name }) => name),
  );
}

async function randomFaultsCase(subject: SuiteSubject): Promise<void> {
  for (let seed = 1; seed <= 3; seed += 1) await randomFaultsRun(subject, seed);
}

async function resumeCase(subject: SuiteSubject): Promise<void> {
  const truth = await truthOf(subject);
  for (let killedAfter = 1; killedAfter < truth.pages.length; killedAfter += 1) {
    const { pages: stored, checkpoints } = await read(subject, { killedAfter });
    const rest = await read(subject, { checkpoints });
    assert.equal(rest.error, undefined);
    const both = [...stored.flatMap(({ observations }) => observations), ...rest.observations];
    assert.deepEqual(textsOf(both), textsOf(truth.observations), `killed after page ${killedAfter}`);
    const cutStream = stored.at(-1)?.stream;
    const wasThrough = truth.pages[killedAfter]?.stream !== cutStream;
    const isSnapshot = subject.connector
      .spec()
      .streams.some(({ name, mode }) => name === cutStream && mode === 'snapshot');
    if (wasThrough || !isSnapshot) continue;
    const seenBefore = new Set(stored.filter(({ stream }) => stream === cutStream).flatMap(textsOfPage));
    const again = rest.pages.filter(({ stream }) => stream === cutStream).flatMap(textsOfPage);
    assert.ok(!again.some((text) => seenBefore.has(text)), `a stored page came again after page ${killedAfter}`);
  }
}

const textsOfPage = ({ observations }: ReadResult['pages'][number]): string[] => observations.map(textOf);
