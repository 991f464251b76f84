import assert from 'node:assert/strict';
import type { Clock } from '../../src/lib/clock.ts';
import type { Connector, ConnectorContext } from '../kit/connector.ts';
import { FAULT_NAMES, type FaultName } from '../kit/sandbox/faults.ts';
import { createSeededRandom } from '../kit/sandbox/seeded-random.ts';
import type { SandboxControl } from '../kit/sandbox/server.ts';
import { createSharedState, type SharedState } from '../kit/shared-state.ts';
import { type ReadResult, readAll, textOf, textsOf } from './read-all.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** A connector and the stand-in that it is held against. The stand-in's clock must stand still. */
export interface SuiteSubject {
  readonly connector: Connector;
  /** The upstream's id, as faults name it. */
  readonly upstream: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** The time of the stand-in. */
  readonly domainClock: Clock;
  readonly control: SandboxControl;
  /** Faults that leave no trace at this upstream, e.g. paging faults where there is one page. */
  readonly unmoved: readonly FaultName[];
}

export interface SuiteCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const HUB_NOW = new Date('2026-01-01T00:00:00Z');
/** Of a request, so that a hang is a matter of moments. */
const DEADLINE_MS = 150;
/** Which call of a run a fault strikes. */
const NTHS = [1, 2, 3];

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

interface Bench {
  readonly context: ConnectorContext;
  readonly shared: SharedState;
  readonly time: VirtualTime;
  readonly log: string[];
}

interface BenchOptions {
  readonly checkpoints?: ConnectorContext['checkpoints'];
  readonly credentials?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  readonly onSleep?: (ms: number) => void;
}

/** Runs with a context of its own, and closes what it opened. */
async function onBench<T>(
  subject: SuiteSubject,
  options: BenchOptions,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const time = createVirtualTime(options.onSleep);
  const shared = createSharedState({ sleep: time.sleep, monotonicMs: time.monotonicMs });
  const log: string[] = [];
  const note = (fields: object, message: string): void => void log.push(`${JSON.stringify(fields)} ${message}`);
  const context: ConnectorContext = {
    source: { id: 'test', config: { ...subject.config, requestDeadlineMs: DEADLINE_MS, ...options.config } },
    credentials: options.credentials ?? subject.credentials,
    checkpoints: options.checkpoints ?? {},
    clock: { now: () => HUB_NOW },
    domainClock: subject.domainClock,
    random: createSeededRandom(7),
    signal: options.signal ?? new AbortController().signal,
    logger: { debug: note, info: note, warn: note },
    shared,
  };
  try {
    return await work({ context, shared, time, log });
  } finally {
    shared.close();
    subject.control.clearFaults();
  }
}

const read = (subject: SuiteSubject, options: BenchOptions = {}): Promise<ReadResult> =>
  onBench(subject, options, ({ context }) => readAll(subject.connector, context));

/** What the stand-in holds: a run without faults. */
async function readTruth(subject: SuiteSubject): Promise<ReadResult> {
  const truth = await read(subject);
  assert.equal(truth.error, undefined);
  assert.ok(truth.observations.length > 0);
  assert.deepEqual(truth.rejections, []);
  return truth;
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

async function faultCase(subject: SuiteSubject, fault: FaultName): Promise<void> {
  const truth = await readTruth(subject);
  for (const nth of NTHS) {
    // Waiting out a hang each time would test nothing more.
    for (const times of nth === 1 && fault !== 'hang' ? [1, 1000] : [1]) {
      subject.control.addFault({ upstream: subject.upstream, fault, nth, times });
      const struck = await read(subject);
      const what = `${fault} ${times} times from call ${nth} on`;
      assertHonest(truth, struck, fault, what);
      if (times > 1 && nth === 1 && !subject.unmoved.includes(fault)) assertSaid(struck, fault);
      const after = await read(subject, { checkpoints: struck.checkpoints });
      assert.equal(after.error, undefined, `the run after ${what} fails: ${after.error?.message}`);
      const both = new Set(textsOf([...struck.observations, ...after.observations]));
      // What was rejected is kept with its reason; what the upstream hid or changed it may never give.
      const isExcused = fault === 'rows-vanish' || struck.rejections.length > 0 || CHANGED_BY[fault];
      if (!isExcused) assertNone(missingFrom(both, truth), `never read after ${what}`);
    }
  }
}

/** Faults under which records truly differ from the truth, in the attribute that the code map fills. */
const CHANGED_BY: Partial<Record<FaultName, RegExp>> = { 'unknown-status': /"UNMAPPED"/ };

function assertHonest(truth: ReadResult, struck: ReadResult, fault: FaultName, what: string): void {
  const held = new Set(textsOf(truth.observations));
  const invented = textsOf(struck.observations).filter((text) => !held.has(text) && !CHANGED_BY[fault]?.test(text));
  assertNone(invented, `invented under ${what}`);
  // Records that the upstream leaves out of a list that is sound in itself cannot be missed in one answer.
  if (struck.error || struck.rejections.length > 0 || fault === 'rows-vanish' || CHANGED_BY[fault]) return;
  assertNone(missingFrom(new Set(textsOf(struck.observations)), truth), `lost without a word under ${what}`);
}

const missingFrom = (texts: ReadonlySet<string>, truth: ReadResult): string[] =>
  textsOf(truth.observations).filter((text) => !texts.has(text));

function assertNone(texts: readonly string[], what: string): void {
  assert.deepEqual(texts.slice(0, 3), [], `${texts.length} ${what}`);
}

/** A fault that does not pass shows: in an error with a code, in rejections, or in what is marked as unmapped. */
function assertSaid(struck: ReadResult, fault: FaultName): void {
  const harmless: readonly FaultName[] = ['error-code-type', 'doubled', 'out-of-order', 'new-field', 'rows-vanish'];
  if (harmless.includes(fault)) {
    assert.equal(struck.error, undefined, `${fault} is survived: ${struck.error?.message}`);
    return;
  }
  const isMarked = struck.observations.some((observation) => /"rawCode"/.test(JSON.stringify(observation)));
  assert.ok(struck.error || struck.rejections.length > 0 || isMarked, `${fault} passed unnoticed`);
  if (struck.error) assert.match(struck.error.code, /^UPSTREAM_/);
}

async function randomFaultsCase(subject: SuiteSubject): Promise<void> {
  const truth = await readTruth(subject);
  const transient: FaultName[] = [
    'session-dies',
    'html',
    'reset',
    '429',
    '429-retry-after',
    '500',
    '503',
    'invalid-utf8',
  ];
  for (let seed = 1; seed <= 5; seed += 1) {
    for (const fault of transient) {
      subject.control.addFault({ upstream: subject.upstream, fault, probability: 0.05, seed, times: 3 });
    }
    const struck = await read(subject);
    assertHonest(truth, struck, 'reset', `random faults by seed ${seed}`);
  }
}

async function cancelCase(subject: SuiteSubject): Promise<void> {
  const truth = await readTruth(subject);
  const calls = truth.pages.reduce((sum, page) => sum + page.requests, 0);
  for (let at = 1; at <= calls; at += 1)
    await cancelWhen(subject, `at call ${at}`, (abort) => onCall(subject, at, abort));
  await cancelWhen(subject, 'while it hangs', (abort) => {
    subject.control.addFault({ upstream: subject.upstream, fault: 'hang', nth: 1, times: 10 });
    return onCall(subject, 1, () => setImmediate(abort));
  });
  await cancelWhen(subject, 'while it backs off', () => {
    subject.control.addFault({ upstream: subject.upstream, fault: '503', nth: 1, times: 1000 });
    return 'on-sleep';
  });
}

function onCall(subject: SuiteSubject, nth: number, act: () => void): () => void {
  let calls = 0;
  return subject.control.onCall((upstream) => {
    if (upstream !== subject.upstream) return;
    calls += 1;
    if (calls === nth) act();
  });
}

async function cancelWhen(
  subject: SuiteSubject,
  what: string,
  arrange: (abort: () => void) => (() => void) | 'on-sleep',
): Promise<void> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const arranged = arrange(abort);
  const options = { signal: controller.signal, ...(arranged === 'on-sleep' && { onSleep: abort }) };
  const result = await read(subject, { ...options, config: { requestDeadlineMs: 30_000 } });
  if (arranged !== 'on-sleep') arranged();
  assert.equal(result.error?.code, 'CANCELLED', `cancelled ${what}`);
}

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
