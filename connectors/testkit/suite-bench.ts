import type { Clock } from '../../src/lib/clock.ts';
import type { Connector, ConnectorContext } from '../kit/connector.ts';
import type { FaultName } from '../kit/sandbox/faults.ts';
import { createSeededRandom } from '../kit/sandbox/seeded-random.ts';
import type { SandboxControl } from '../kit/sandbox/server.ts';
import type { KeyOf, WireHabit } from '../kit/sandbox/stand-in.ts';
import { createSharedState } from '../kit/shared-state.ts';
import { type ReadResult, readAll } from './read-all.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** A connector and the stand-in that it is held against. The stand-in's clock stands still where it is put. */
export interface SuiteSubject {
  readonly connector: Connector;
  /** The upstream's id, as faults name it. */
  readonly upstream: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** Where the clock stands unless a case moves it; RFC 3339. */
  readonly at: string;
  /** The time of the stand-in. */
  readonly domainClock: Clock;
  /** Puts the stand-in's clock to another moment. */
  readonly setTime: (at: Date) => void;
  /** Sessions and tokens that the stand-in has given out so far. */
  readonly issuedTokens: () => readonly string[];
  readonly control: SandboxControl;
  /** Faults that leave no trace at this upstream, e.g. paging faults where there is one page. */
  readonly unmoved: readonly FaultName[];
  /** Whether it says again what it said earlier, until that is acknowledged. */
  readonly repeats?: boolean;
  readonly keyOf?: KeyOf | undefined;
  readonly habits?: readonly WireHabit[];
}

/** The hub lives later than the upstream, as it does in the sandbox, and its clock goes on with the upstream's. */
const HUB_AHEAD_MS = 180 * 24 * 3_600_000;
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
  readonly random?: () => number;
  /** Nothing is kept, so nothing is acknowledged. */
  readonly isTrial?: boolean;
  /** Pages that are stored before the hub dies. */
  readonly killedAfter?: number;
  /** Of the hub. */
  readonly clock?: Clock;
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
  // A hub that knows nothing yet has told the upstream nothing either.
  if (Object.keys(options.checkpoints ?? {}).length === 0) subject.control.forget(subject.upstream);
  const log: string[] = [];
  const note = (fields: object, message: string): void => void log.push(`${JSON.stringify(fields)} ${message}`);
  // Who only pushes has no requests.
  const deadline = subject.connector.spec().streams.length > 0 && { requestDeadlineMs: DEADLINE_MS };
  const context: ConnectorContext = {
    source: { id: 'test', config: { ...subject.config, ...deadline, ...options.config } },
    credentials: options.credentials ?? subject.credentials,
    checkpoints: options.checkpoints ?? {},
    clock: options.clock ?? { now: () => new Date(subject.domainClock.now().getTime() + HUB_AHEAD_MS) },
    domainClock: subject.domainClock,
    random: options.random ?? createSeededRandom(7),
    signal: options.signal ?? new AbortController().signal,
    ...(options.isTrial && { isTrial: true }),
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
  onBench(subject, options, ({ context }) => readAll(subject.connector, context, options.killedAfter));
