import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { FactKindName } from '../../schema/kinds/index.ts';
import type { MeasurementKindName } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { SharedState } from './shared-state.ts';

/** How a stream brings what there is: all of it each time, what is new since the last run, or one document a day. */
export type StreamMode = 'snapshot' | 'incremental' | 'document';

/** What a stream emits: facts that are unified, or measurements. */
export type StreamKind = FactKindName | MeasurementKindName;

export interface StreamSpec {
  readonly name: string;
  readonly kinds: readonly StreamKind[];
  readonly mode: StreamMode;
  readonly contractVersion: string;
}

/** What a connector needs and brings; answered without asking the upstream. */
export interface ConnectorSpec {
  readonly id: string;
  readonly title: string;
  /** Whether the upstream's shape is known from public code, or modelled on what such systems usually speak. */
  readonly shape: 'public' | 'modelled';
  /** JSON Schema of `source.config`. */
  readonly config: Json;
  /** Names that `credentials` must have. */
  readonly credentials: readonly string[];
  readonly streams: readonly StreamSpec[];
}

export interface CheckResult {
  readonly ok: boolean;
  /** For people: that it works, or what is wrong and what to do about it. Never holds a secret. */
  readonly message: string;
  readonly code?: string;
}

/** A record that broke its contract, kept with the reason; the rest of its page went on. */
export interface RejectedRecord {
  readonly stream: string;
  readonly reason: string;
  /** Where in the record, e.g. `tinhThanh[3].ma`. */
  readonly path?: string;
  /** The record without secrets, cut where it is larger than 16 KiB. */
  readonly record: Json;
  readonly contractVersion: string;
}

export interface ReadPage {
  readonly stream: string;
  /** Hub time at which the page was asked for. */
  readonly requestedAt: Date;
  readonly observations: readonly Observation[];
  readonly rejections: readonly RejectedRecord[];
  /** Records in the page. */
  readonly read: number;
  /** HTTP requests that the page took, with sign-in and retries. */
  readonly requests: number;
  /**
   * What to start from after this page; safe to store in the transaction that stores the page. A reader that is killed
   * and started with the stored checkpoint repeats at most one page. Undefined: leave the stored one as it is.
   */
  readonly checkpoint: Json | undefined;
  /** On the last page of a snapshot that was read to its end: what was not seen since `startedAt` is absent from it. */
  readonly snapshotComplete?: {
    readonly stream: string;
    /** Hub time at which the first page of the snapshot was asked for. A snapshot in two runs is never complete. */
    readonly startedAt: Date;
    readonly kinds: readonly FactKindName[];
  };
}

export interface ConnectorLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Everything a run is given. Nothing in a connector reads a clock, a random number or the environment by itself. */
export interface ConnectorContext {
  readonly source: {
    readonly id: string;
    readonly config: unknown;
    readonly scope?: { readonly province?: string };
  };
  readonly credentials: Readonly<Record<string, string>>;
  /** By stream; what earlier pages gave. */
  readonly checkpoints: Readonly<Record<string, Json>>;
  readonly clock: Clock;
  readonly domainClock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Ends every wait; the read then throws a `ConnectorError` with code CANCELLED. */
  readonly signal: AbortSignal;
  readonly logger?: ConnectorLogger;
  /** Sessions, breakers, rate limits and connections, shared by all runs of the process. */
  readonly shared: SharedState;
}

/** What `src/sync` and the command line know of any source. */
export interface Connector {
  readonly id: string;
  spec(): ConnectorSpec;
  /** Signs in and asks for a little. Does not throw but on cancel: what is wrong stands in the result. */
  check(context: ConnectorContext): Promise<CheckResult>;
  /**
   * Reads every stream once, page by page. Throws a {@link ConnectorError} where the upstream cannot be read; pages that
   * were given before it stand.
   */
  read(context: ConnectorContext): AsyncGenerator<ReadPage, void, undefined>;
}
