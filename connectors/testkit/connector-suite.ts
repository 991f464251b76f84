import assert from 'node:assert/strict';
import { FAULT_NAMES, type FaultName } from '../kit/sandbox/faults.ts';
import { cancelCase } from './cancel-case.ts';
import { faultCase, randomFaultsCase } from './fault-cases.ts';
import { type ReadResult, readAll, textOf, textsOf } from './read-all.ts';
import { onBench, read, readTruth, type SuiteSubject } from './suite-bench.ts';

export type { SuiteSubject } from './suite-bench.ts';

export interface SuiteCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * The cases that every connector inherits, to be run by any test runner. Together they say: a run gives what the
 * upstream holds, or says why not; it never invents, and never loses without saying so.
 */
export function connectorCases(getSubject: () => SuiteSubject): SuiteCase[] {
  return [
    { name: 'says what it needs and brings', run: () => specCase(getSubject()) },
    { name: 'checks good credentials and wrong ones', run: () => checkCase(getSubject()) },
    { name: 'reads the same twice', run: () => twiceCase(getSubject()) },
    { name: 'repeats one page at most after a kill at any page', run: () => resumeCase(getSubject()) },
    ...FAULT_NAMES.map((fault) => ({
      name: `neither invents nor silently loses anything under ${fault}`,
      run: () => faultCase(getSubject(), fault),
    })),
    { name: 'survives random faults by a seed', run: () => randomFaultsCase(getSubject()) },
    { name: 'ends at once when it is cancelled, wherever it waits', run: () => cancelCase(getSubject()) },
    { name: 'keeps to its time and request budgets', run: () => budgetCase(getSubject()) },
    { name: 'tells no secret', run: () => secretCase(getSubject()) },
  ];
}

async function specCase({ connector, credentials }: SuiteSubject): Promise<void> {
  const spec = connector.spec();
  assert.equal(spec.id, connector.id);
  assert.ok(spec.streams.length > 0);
  assert.deepEqual([...spec.credentials].sort(), Object.keys(credentials).sort());
  assert.ok(JSON.stringify(spec.config).includes('baseUrl'));
}

async function checkCase(subject: SuiteSubject): Promise<void> {
  const { connector } = subject;
  const good = await onBench(subject, {}, ({ context }) => connector.check(context));
  assert.deepEqual({ ok: good.ok, code: good.code }, { ok: true, code: undefined });
  const wrong = Object.fromEntries(Object.keys(subject.credentials).map((name) => [name, 'wrong-secret-value']));
  const refused = await onBench(subject, { credentials: wrong }, ({ context }) => connector.check(context));
  assert.deepEqual({ ok: refused.ok, code: refused.code }, { ok: false, code: 'UPSTREAM_CONFIGURATION' });
  const missing = await onBench(subject, { credentials: {} }, ({ context }) => connector.check(context));
  assert.equal(missing.code, 'UPSTREAM_CONFIGURATION');
  for (const name of Object.keys(subject.credentials)) assert.match(missing.message, new RegExp(name));
}

async function twiceCase(subject: SuiteSubject): Promise<void> {
  const first = await readTruth(subject);
  const second = await readTruth(subject);
  assert.deepEqual(textsOf(second.observations), textsOf(first.observations));
  const snapshots = subject.connector.spec().streams.filter(({ mode }) => mode === 'snapshot');
  assert.deepEqual(
    first.complete,
    snapshots.map(({ name }) => name),
  );
}

async function resumeCase(subject: SuiteSubject): Promise<void> {
  const truth = await readTruth(subject);
  for (let killedAfter = 1; killedAfter < truth.pages.length; killedAfter += 1) {
    const stored = truth.pages.slice(0, killedAfter);
    const checkpoints = Object.fromEntries(
      stored.filter((page) => page.checkpoint !== undefined).map((page) => [page.stream, page.checkpoint ?? null]),
    );
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

async function budgetCase(subject: SuiteSubject): Promise<void> {
  subject.control.addFault({ upstream: subject.upstream, fault: '429-retry-after', nth: 1, times: 1000 });
  const waited = await onBench(subject, { config: { timeBudgetMs: 1500 } }, async ({ context, time }) => {
    const { error } = await readAll(subject.connector, context);
    return { code: error?.code, waitedMs: time.waits.reduce((sum, ms) => sum + ms, 0) };
  });
  assert.equal(waited.code, 'UPSTREAM_TRANSIENT');
  assert.ok(waited.waitedMs <= 1500, `waited ${waited.waitedMs} ms of 1500`);
  const before = subject.control.calls(subject.upstream);
  const { error } = await read(subject, { config: { requestBudget: 1 } });
  const after = subject.control.calls(subject.upstream);
  assert.ok(error === undefined || error.code === 'UPSTREAM_SYSTEM');
  assert.equal(after.data + after.signIn - before.data - before.signIn, 1);
}

async function secretCase(subject: SuiteSubject): Promise<void> {
  const secrets = Object.values(subject.credentials);
  const faults: FaultName[] = ['403', '500', 'html', 'reset', 'type-change'];
  for (const fault of faults) {
    subject.control.addFault({ upstream: subject.upstream, fault, nth: 1, times: 1000 });
    const told = await onBench(subject, {}, async ({ context, log }) => {
      const { error, rejections, checkpoints } = await readAll(subject.connector, context);
      return `${log.join()} ${error?.message} ${error?.userMessage} ${String(error?.stack)} ${JSON.stringify({ rejections, checkpoints })}`;
    });
    for (const secret of secrets) assert.ok(!told.includes(secret), `a secret is told under ${fault}`);
  }
}
