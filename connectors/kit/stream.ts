import type * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { timesOf } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import type { RejectedRecord, StreamKind, StreamMode } from './connector.ts';
import type { DecodedPage, Paginator } from './paging/paginator.ts';
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
  readonly conditional?: { readonly refreshAfterMs: number };
}

/** Why one record is rejected. The message is kept with the record and shown. */
export class RecordError extends Error {
  constructor(
    message: string,
    readonly path?: string,
  ) {
    super(message);
    this.name = 'RecordError';
  }
}

/** A stream without the type of its records, as the reading loop handles it. */
export interface Stream<Config = unknown> extends Omit<StreamDefinition<Config, z.ZodType>, 'contract' | 'map'> {
  readonly convert: (
    record: unknown,
    context: MapContext<Config>,
    setting: RejectionSetting,
  ) => { readonly observations: readonly Observation[] } | { readonly rejection: RejectedRecord };
}

export type StreamFactory<Config> = <Shape extends z.ZodType>(
  definition: StreamDefinition<Config, Shape>,
) => Stream<Config>;

/** Closes over the record's type, so that streams of different records stand in one list. */
export function createStream<Config, Shape extends z.ZodType>(
  definition: StreamDefinition<Config, Shape>,
): Stream<Config> {
  const { contract, map, ...rest } = definition;
  return {
    ...rest,
    convert(record, context, setting) {
      const parsed = contract.safeParse(record);
      if (!parsed.success) {
        const { reason, path } = describeIssues(parsed.error);
        return { rejection: createRejection(setting, record, reason, path) };
      }
      try {
        const observations = map(parsed.data, context);
        for (const observation of observations) checkTime(observation, context.domainNow);
        return { observations };
      } catch (error) {
        const path = error instanceof RecordError ? error.path : undefined;
        const reason = error instanceof Error ? error.message : 'the mapping failed on it';
        return { rejection: createRejection(setting, record, reason, path) };
      }
    },
  };
}

/** Clocks differ a little; beyond this a time is wrong, and would stand above every true statement until it is reached. */
const MAX_AHEAD_MS = 10 * 60_000;

function checkTime(observation: Observation, domainNow: Date): void {
  const at = observation.class === 'measurement' ? timesOf(observation).at(-1)?.[1] : observation.observedAt;
  const aheadMs = at ? at.getTime() - domainNow.getTime() : 0;
  if (aheadMs > MAX_AHEAD_MS) throw new RecordError(`its time lies ${Math.round(aheadMs / 60_000)} min in the future`);
}
