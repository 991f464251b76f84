import assert from 'node:assert/strict';
import type { Clock } from '../../src/lib/clock.ts';
import type { Connector, ConnectorContext } from '../kit/connector.ts';
import type { FaultName } from '../kit/sandbox/faults.ts';
import { createSeededRandom } from '../kit/sandbox/seeded-random.ts';
import type { SandboxControl } from '../kit/sandbox/server.ts';
import { createSharedState } from '../kit/shared-state.ts';
import { type ReadResult, readAll } from './read-all.ts';
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

const HUB_NOW = new Date('2026-01-01T00:00:00Z');
/** Of a request; generous, since a busy machine is no fault. Where a hang strikes the case sets a short one. */
const DEADLINE_MS = 20_000;
export interface Bench {
  readonly context: ConnectorContext;
  readonly time: VirtualTime;
  readonly log: string[];
}

export interface BenchOptions {
  readonly checkpoints?: ConnectorContext['checkpoints'];
  readonly credentials?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  readonly onSleep?: (ms: number) => void;
}

/** Runs with a context of its own, and closes what it opened. */
export async function onBench<T>(
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
    return await work({ context, time, log });
  } finally {
    shared.close();
    subject.control.clearFaults();
  }
}

export const read = (subject: SuiteSubject, options: BenchOptions = {}): Promise<ReadResult> =>
  onBench(subject, options, ({ context }) => readAll(subject.connector, context));

/** What the stand-in holds: a run without faults. */
export async function readTruth(subject: SuiteSubject): Promise<ReadResult> {
  const truth = await read(subject);
  assert.equal(truth.error, undefined);
  assert.ok(truth.observations.length > 0);
  assert.deepEqual(truth.rejections, []);
  return truth;
}
