import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { FactKindName } from '../../schema/kinds/index.ts';
import type { MeasurementKindName } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AnswerBody } from './http/answer-body.ts';
import type { HttpRequest } from './http/http-types.ts';
import type { RateLimit } from './http/token-bucket.ts';
import type { KeptLookups } from './lookup.ts';
import type { ReadProgress, ReadRange } from './paging/paginator.ts';
import type { ConnectorPush, PushSpec } from './push/push.ts';
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
  /** What the upstream is asked at most; undefined for one that only pushes. */
  readonly rateLimit?: RateLimit;
  /** Of a source that sends by itself. */
  readonly push?: PushSpec;
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

/** An answer as it came, kept so that it can be read again by a mended contract or mapping. */
export interface RawAnswer {
  /** As the paginator asks for it: before sign-in, so it holds no credential. */
  readonly request: Pick<HttpRequest, 'method' | 'path' | 'query' | 'json' | 'form'>;
  /** Content-Type and what else a format may look at; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read before the next page is asked for. */
  readonly body: AnswerBody;
}

/** A raw answer out of the store. */
export interface StoredRaw {
  readonly headers: RawAnswer['headers'];
  readonly body: AnswerBody;
  readonly requestedAt: Date;
  readonly domainRequestedAt: Date;
  /** Of whom the key spoke that it was sent with; undefined for all, and for what was asked for. */
  readonly provinces?: readonly string[];
}

/** Where an upstream departs from its contract without breaking it, or breaks it in a way that tells of a change. */
export interface DriftNote {
  readonly kind: 'NEW_FIELD' | 'TYPE_CHANGED' | 'UNMAPPED_CODE';
  /** Of the field in the record, e.g. `tinhThanh[].ma`; of an unmapped code the attribute, e.g. `deployment.status`. */
  readonly path: string;
  /** The raw code, or what came instead of what; never a value of a new field, which may be anything. */
  readonly sample: string;
  readonly count: number;
}

/** A record that keeps to its contract, and what it says. */
export interface ReadRecord {
  /** As it came, with whatever it holds: to be kept by `createRejection` only, which takes secrets out. */
  readonly record: unknown;
  readonly observations: readonly Observation[];
}

export interface ReadPage {
  readonly stream: string;
  /** The stream whose statements these are, where it is another: what is pushed may be the early word of what is read. */
  readonly lane?: string;
  /** The page stands for a stored answer that cannot be read by the contract of today, or the rest of one. */
  readonly isUnreadable?: true;
  /** Hub time at which the page was asked for. */
  readonly requestedAt: Date;
  /** The same by the clock of the domain: what has no time of its own counts as observed then. */
  readonly domainRequestedAt: Date;
  /** Of whom the sender of what was kept may speak; undefined for all. */
  readonly provinces?: readonly string[];
  /** The records of which the hub may refuse one, then as a whole. */
  readonly records: readonly ReadRecord[];
  /** What of these records is passed on; all that they say, but for what was said before in the same words. */
  readonly observations: readonly Observation[];
  readonly rejections: readonly RejectedRecord[];
  readonly drift: readonly DriftNote[];
  /** With the first page of each answer. */
  readonly raw?: RawAnswer;
  /** Records in the page. */
  readonly read: number;
  /** How far the whole read has got with this page; absent where it is as before, or not known. */
  readonly progress?: ReadProgress;
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
  /** Sessions, breakers, rate limits and connections, shared by all runs. */
  readonly shared: SharedState;
  /** A backfill: only streams that can be read back are read, for this time, and pages carry no checkpoint. */
  readonly range?: ReadRange;
  /** Default: catalogues are asked for each time. */
  readonly keptLookups?: KeptLookups;
  /** Nothing that is read is kept, so nothing may be acknowledged. */
  readonly isTrial?: boolean;
}

/** What a record that was rejected gives today. */
export type ConvertedRecord =
  | { readonly observations: readonly Observation[] }
  | { readonly rejection: RejectedRecord };

/**
 * Tries records of a stream again that were rejected; gives one result each, in their order. Those of a stream that the
 * connector does not have stay rejected.
 */
export type ConvertRejected = (stream: string, records: readonly Json[]) => Promise<readonly ConvertedRecord[]>;

/** A mistake in the configuration of a source. */
export interface ConfigProblem {
  /** From `source.config` inward. */
  readonly path: readonly (string | number)[];
  /** What is wrong and what would do; e.g. `has to be a whole number of at least 10`. */
  readonly message: string;
}

/** What `src/sync` and the command line know of any source. */
export interface Connector {
  readonly id: string;
  spec(): ConnectorSpec;
  /** Everything that is wrong with what a source is configured with; asks nobody. */
  checkConfig(config: unknown): readonly ConfigProblem[];
  /** Signs in and asks for a little. Does not throw but on cancel: what is wrong stands in the result. */
  check(context: ConnectorContext): Promise<CheckResult>;
  /**
   * Reads every stream once, page by page. Throws a {@link ConnectorError} where the upstream cannot be read; pages that
   * were given before it stand. Whoever asks for the next page says that the one before it is stored: only then is a
   * message acknowledged to its upstream.
   */
  read(context: ConnectorContext): AsyncGenerator<ReadPage, void, undefined>;
  /**
   * Reads stored answers of a stream again, by the contract and mapping of today. The pages carry no checkpoint and no
   * completeness. Asks the upstream for nothing but a catalogue that the mapping needs and that is not kept.
   */
  replay(
    context: ConnectorContext,
    stream: string,
    raws: AsyncIterable<StoredRaw>,
  ): AsyncGenerator<ReadPage, void, undefined>;
  /** Opens the source to try records again that were rejected; catalogues are read once for all of them. */
  convertRejected(context: ConnectorContext): ConvertRejected;
  /** Reads what the source sends by itself; undefined where it is only asked. */
  readonly push?: ConnectorPush;
}
