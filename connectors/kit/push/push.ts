import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { Observation } from '../../../schema/observation.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import type { DriftNote, RejectedRecord, StreamKind } from '../connector.ts';

/** One delivery as it came over HTTP; the body is as the sender signed it. */
export interface PushDelivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  /** Media type in lower case, without parameters. */
  readonly contentType: string;
}

/** Everything that reading a delivery is given. */
export interface PushContext {
  readonly source: { readonly id: string; readonly config: unknown; readonly scope?: { readonly province?: string } };
  readonly credentials: Readonly<Record<string, string>>;
  /** Of the hub: by it a signature is too old. */
  readonly clock: Clock;
  readonly domainClock: Clock;
}

/** What rejections and notices of pushes name as their stream, whichever stream their statements go to. */
export const PUSH_LABEL = 'push';

/** `hub-key`: the hub asks for a key of its own of role `source`; `signature`: the sender signs. */
export type PushAuthentication = 'hub-key' | 'signature';

export interface PushSpec {
  readonly authentication: PushAuthentication;
  /** Media types that are taken. */
  readonly contentTypes: readonly string[];
  readonly maxBytes: number;
  /** The stream whose statements these are. */
  readonly stream: string;
  readonly kinds: readonly StreamKind[];
  readonly contractVersion: string;
  /**
   * Whether a delivery in which anything is wrong is refused as a whole (people mend it and send it again), or keeps
   * what is right and rejects the rest (a machine would send the same again).
   */
  readonly isAllOrNothing: boolean;
}

/** What is wrong with a delivery, and where. Counted from 1; null where there is no such place. */
export interface PushProblem {
  /** Of the body. */
  readonly line: number | null;
  /** Of the records. */
  readonly row: number | null;
  /** As the sender names it. */
  readonly field: string | null;
  /** What stands there, cut short; never a secret. */
  readonly value: string | null;
  readonly reason: string;
}

/** A record and what it says, or what is wrong with it. */
export interface PushedRecord {
  readonly row: number;
  readonly line: number | null;
  /** As it came, with whatever it holds. */
  readonly record: Json;
  readonly observations: readonly Observation[];
  readonly rejection?: RejectedRecord;
  /** Empty where the record is sound. */
  readonly problems: readonly PushProblem[];
}

export interface ReceivedPush {
  /** The sender's id of the event; the same again is a redelivery. */
  readonly eventId?: string;
  readonly records: readonly PushedRecord[];
  /** What was noticed of the form, e.g. members that the contract does not know; they are not read. */
  readonly drift: readonly DriftNote[];
  /** Where a member of a record stands, for what only the hub finds wrong with it. */
  locate(record: PushedRecord, field: string): Pick<PushProblem, 'line' | 'field' | 'value'>;
}

/** What is known of a delivery whose signature was checked. */
export interface VerifiedPush {
  /** Where the signature covers one. */
  readonly eventId?: string;
}

/** How a source is pushed to; what the hub knows of it. */
export interface ConnectorPush {
  readonly spec: PushSpec;
  /**
   * Whether a text was signed by the sender, now.
   * @throws PushError UNAUTHENTICATED. Does nothing where the hub's keys decide.
   */
  verify(delivery: Pick<PushDelivery, 'headers' | 'rawBody'>, context: PushContext): VerifiedPush;
  /**
   * Reads a delivery: pure, asks nobody, stores nothing. Checks its signature first, unless that was done when it came:
   * after a while of waiting it would be too old.
   * @throws PushError for a signature that is wrong or old, and for a body that cannot be read at all.
   */
  receive(delivery: PushDelivery, context: PushContext, verified?: VerifiedPush): ReceivedPush;
}
