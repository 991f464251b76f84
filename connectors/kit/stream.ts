import type * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { Observation } from '../../schema/observation.ts';
import { noteChangedTypes } from './changed-types.ts';
import { checkTime } from './check-time.ts';
import type { ConvertedRecord, StreamKind, StreamMode } from './connector.ts';
import { createFieldNoter, type DriftNotes, noteUnmapped } from './drift.ts';
import type { Format } from './formats/format.ts';
import { jsonFormat } from './formats/json.ts';
import type { MessageQueue } from './message-queue.ts';
import type { DecodedPage, Paginator } from './paging/paginator.ts';
import { RecordError } from './record-error.ts';
import { createRejection, describeIssues, type RejectionSetting } from './rejection.ts';

/** What a mapping may look at beside the record. */
export interface MapContext<Config> {
  readonly config: Config;
  readonly domainNow: Date;
  /** By name of the lookup. */
  readonly lookups: Readonly<Record<string, ReadonlyMap<string, string>>>;
}

export interface StreamDefinition<Config, Shape extends z.ZodType> {
  readonly name: string;
  readonly kinds: readonly StreamKind[];
  readonly mode: StreamMode;
  readonly paginator: Paginator<Config>;
  /** How answers are read. Default JSON. */
  readonly format?: Format;
  /**
   * Picks the records out of a body. Throws a retryable `ConnectorError` where the body contradicts itself or is not
   * what was asked for, a ZodError where it has not the promised frame.
   */
  readonly decode: (body: Json, config: Config) => DecodedPage['records'];
  /** What the upstream promises of each record; unknown members are let pass. */
  readonly contract: Shape;
  /** Raised with the contract or the mapping: then everything is read afresh once. */
  readonly contractVersion: string;
  /** May throw {@link RecordError} for a record that keeps to the contract and still makes no sense: it is rejected. */
  readonly map: (record: z.output<Shape>, context: MapContext<Config>) => readonly Observation[];
  /** Names of lookups that the mapping needs; read once per run. */
  readonly lookups?: readonly string[];
  /**
   * Whether to send If-None-Match / If-Modified-Since. An answer "not modified" says nothing anew, so everything is asked
   * for in full again after this time, lest facts turn stale that the upstream still holds. Undefined: never conditional.
   */
  readonly conditional?: {
    readonly refreshAfterMs: number;
    /**
     * What "not modified" is said of: the page that was asked for (default), or the whole list, whose pages all carry the
     * validator of the list. Then only the first page is asked for conditionally, and only after a walk that brought all.
     */
    readonly of?: 'page' | 'list';
  };
  /** For an upstream that hands out messages: `paginator`, `format` and `decode` read the list of those that wait. */
  readonly queue?: MessageQueue<Config>;
  /**
   * For an upstream that cannot say what has changed: a snapshot is compared with the one before, and what is said again
   * in the same words is not passed on. Everything is passed on again after this time, lest facts turn stale, and absence
   * is told only then: take less than half of the time to live. Undefined: everything is passed on always.
   */
  readonly diff?: { readonly refreshAfterMs: number };
  /**
   * Whether a body gives all that it should. One that says of itself that something in it could not be given is taken for
   * what it has, and keeps its snapshot from being complete: what is not there is not known to be absent. Default always.
   */
  readonly isWhole?: (body: Json) => boolean;
}

/** A stream without the type of its records, as the reading loop handles it. */
export interface Stream<Config = unknown> extends Omit<StreamDefinition<Config, z.ZodType>, 'contract' | 'map'> {
  readonly format: Format;
  /** Takes note of fields that the contract does not know. */
  readonly noteNewFields: (record: unknown, notes: DriftNotes) => void;
  readonly convert: (
    record: unknown,
    context: MapContext<Config>,
    setting: RejectionSetting,
    notes: DriftNotes,
  ) => ConvertedRecord;
}

export type StreamFactory<Config> = <Shape extends z.ZodType>(
  definition: StreamDefinition<Config, Shape>,
) => Stream<Config>;

/** Closes over the record's type, so that streams of different records stand in one list. */
export function createStream<Config, Shape extends z.ZodType>(
  definition: StreamDefinition<Config, Shape>,
): Stream<Config> {
  const { contract, map, ...rest } = definition;
  const noteFields = createFieldNoter(contract);
  return {
    format: jsonFormat(),
    ...rest,
    noteNewFields(record, notes) {
      if (!(record instanceof RecordError)) noteFields(record, notes);
    },
    convert(record, context, setting, notes) {
      if (record instanceof RecordError) {
        return { rejection: createRejection(setting, null, record.message, record.path) };
      }
      const parsed = contract.safeParse(record);
      if (!parsed.success) {
        noteChangedTypes(parsed.error, record, notes);
        const { reason, path } = describeIssues(parsed.error);
        return { rejection: createRejection(setting, record, reason, path) };
      }
      try {
        const observations = map(parsed.data, context);
        for (const observation of observations) {
          checkTime(observation, parsed.data, context.domainNow);
          noteUnmapped(observation, notes);
        }
        return { observations };
      } catch (error) {
        const path = error instanceof RecordError ? error.path : undefined;
        const reason = error instanceof Error ? error.message : 'the mapping failed on it';
        return { rejection: createRejection(setting, record, reason, path) };
      }
    },
  };
}
